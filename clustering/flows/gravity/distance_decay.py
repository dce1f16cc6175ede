"""How the pull of a school falls with distance, and fitting it to known flows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.sparse import csr_array

from clustering.disclosure.protected_base import suppress_flows
from clustering.flows.gravity.balancing import Balance, balance_flows
from clustering.flows.gravity.neighbours import Floats, pair_neighbours
from clustering.flows.gravity.parameters import DecayForm, GravityParameters

# Where the strength of the decay is looked for; at either end distance decides everything, or nothing.
_RANGES = {"exponential": (0.05, 5_000.0), "power": (0.01, 20.0)}


@dataclass(frozen=True, kw_only=True)
class Decay:
    """
    The decay with distance that a model used.

    Parameters
    ----------
    form
        ``exponential``: exp(-d / strength); ``power``: d ** -strength.
    strength
        Kilometres for the exponential form, a bare number for the power form.
    is_fitted
        Whether it was fitted to known flows; otherwise it was stated.
    known_students
        Known students whom it was fitted to; 0 if stated.
    known_mean_km
        Their mean distance; ``None`` if stated.
    note
        One sentence that says where the strength comes from.
    """

    form: DecayForm
    strength: float
    is_fitted: bool
    known_students: float
    known_mean_km: float | None
    note: str

    def pull(self, distance_km: Floats) -> Floats:
        """Pull of schools at distances above 0 [km]; only ratios have a meaning."""
        if self.form == "exponential":
            return np.exp(-distance_km / self.strength)
        return distance_km**-self.strength


def state_decay(parameters: GravityParameters, *, reason: str = "") -> Decay:
    """Take the stated strength of the decay; ``reason`` goes into the note."""
    is_exponential = parameters.decay == "exponential"
    strength = parameters.scale_km if is_exponential else parameters.exponent
    text = f"scale {strength:g} km" if is_exponential else f"exponent {strength:g}"
    return Decay(
        form=parameters.decay,
        strength=strength,
        is_fitted=False,
        known_students=0.0,
        known_mean_km=None,
        note=f"The decay with distance is stated, not fitted ({parameters.decay}, {text}){reason}.",
    )


def attract(pairs: pd.DataFrame, shape: tuple[int, int], decay: Decay, parameters: GravityParameters) -> csr_array:
    """
    Compute the attraction f_ij of every pair of schools.

    Parameters
    ----------
    pairs
        ``sender``, ``receiver`` (row numbers), ``distance_km``, ``same_district``; sorted by sender and receiver.
    shape
        Senders and receivers.
    decay, parameters
        The decay; ``minimum_km`` and ``same_district_weight``.

    Returns
    -------
    attraction
        Relative to the strongest of each sender, so that no sender's pull is lost below the least float.
    """
    distance_km = pairs["distance_km"].clip(lower=parameters.minimum_km)
    nearest_km = distance_km.groupby(pairs["sender"]).transform("min")
    if decay.form == "exponential":
        pull = decay.pull((distance_km - nearest_km).to_numpy())
    else:
        pull = decay.pull((distance_km / nearest_km).to_numpy())
    weight = np.where(pairs["same_district"], parameters.same_district_weight, 1.0)
    starts = np.searchsorted(pairs["sender"].to_numpy(), np.arange(shape[0] + 1))
    return csr_array((pull * weight, pairs["receiver"].to_numpy(), starts), shape=shape)


def mean_distance_km(balance: Balance, pairs: pd.DataFrame, parameters: GravityParameters) -> float:
    """Mean distance of the students of a balance, short distances counted as ``minimum_km``."""
    distance_km = pairs["distance_km"].clip(lower=parameters.minimum_km).to_numpy()
    return float(np.average(distance_km, weights=balance.students.data))


def fit_decay(known_flows: pd.DataFrame, schools: gpd.GeoDataFrame, parameters: GravityParameters) -> Decay:
    """
    Fit the strength of the decay, so that the modelled mean distance is the known one.

    Parameters
    ----------
    known_flows
        ``columns.FLOW_COLUMNS``; the feeding rows between schools with coordinates are used. They are protected first
        (:func:`~clustering.disclosure.suppress_flows`), and suppressed counts are taken at the middle of their
        interval: nothing that is fitted can tell of a small count.
    schools
        ``columns.SCHOOL_COLUMNS``, EPSG:4326, index ``school_id``.
    parameters
        Form of the decay, and what makes two schools neighbours.

    Returns
    -------
    decay
        Fitted by Hyman's criterion: senders and receivers have their known totals, and of all models of this form the
        one with the known mean distance is taken (it has the greatest likelihood). His secant steps are replaced by a
        bracketing search, for the mean distance rises steadily as the decay gets weaker. The stated strength where no
        known flow can be used.

    References
    ----------
    .. [1] Hyman, G. M. (1969). The calibration of trip distribution models. Environment and Planning 1(1), 105-112.
       doi:10.1068/a010105.
    """
    known = _known_students(known_flows, schools, parameters)
    if known.empty:
        return state_decay(parameters, reason=": no known flow joins two schools near each other")
    leaving, entering = (known.groupby(side)["students"].sum().to_numpy() for side in ("sender", "receiver"))
    distance_km = known["distance_km"].clip(lower=parameters.minimum_km)
    known_mean_km = float(np.average(distance_km, weights=known["students"]))

    def excess_km(logarithm: float) -> float:
        """How much farther the modelled students go than the known ones, at a strength given by its logarithm."""
        decay = replace(start, strength=float(np.exp(logarithm)))
        balance = balance_flows(
            attract(known, (len(leaving), len(entering)), decay, parameters),
            leaving,
            entering,
            tolerance=parameters.tolerance,
            maximum_iterations=parameters.maximum_iterations,
        )
        return mean_distance_km(balance, known, parameters) - known_mean_km

    start = state_decay(parameters)
    strength = float(np.exp(_find_root(excess_km, *np.log(_RANGES[parameters.decay]))))
    text = f"scale {strength:.3g} km" if parameters.decay == "exponential" else f"exponent {strength:.3g}"
    students = float(known["students"].sum())
    return replace(
        start,
        strength=strength,
        is_fitted=True,
        known_students=students,
        known_mean_km=known_mean_km,
        note=f"The decay with distance ({parameters.decay}, {text}) is fitted to {students:,.0f} known students, who go"
        f" {known_mean_km:.2f} km on average.",
    )


def _find_root(excess: Callable[[float], float], low: float, high: float) -> float:
    """Where the excess is nil, or the end of the range that comes nearest to it."""
    at_low, at_high = excess(low), excess(high)
    if at_low * at_high >= 0:
        return low if abs(at_low) <= abs(at_high) else high
    return float(brentq(excess, low, high, xtol=1e-4))


def _known_students(
    known_flows: pd.DataFrame, schools: gpd.GeoDataFrame, parameters: GravityParameters
) -> pd.DataFrame:
    """Pairs of neighbours that send and receive known students, as of ``pair_neighbours``, with ``students``."""
    protected = suppress_flows(known_flows[known_flows["kind"] == "feeding"])
    middle = (protected["students_low"] + protected["students_high"]) / 2
    located = schools.index[schools.geometry.notna()]
    rows = protected.assign(students=protected["students"].fillna(middle))
    rows = rows[rows["origin"].isin(located) & rows["destination"].isin(located) & (rows["students"] > 0)]
    rows = rows.groupby(["origin", "destination", "next_grade"])["students"].sum().reset_index()
    senders, receivers = (
        rows[[school, "next_grade"]].drop_duplicates(ignore_index=True).rename(columns={school: "school_id"})
        for school in ("origin", "destination")
    )
    pairs = pair_neighbours(senders, receivers, schools, parameters)
    ends = pd.MultiIndex.from_arrays(
        [
            senders["school_id"].to_numpy()[pairs["sender"]],
            receivers["school_id"].to_numpy()[pairs["receiver"]],
            senders["next_grade"].to_numpy()[pairs["sender"]],
        ]
    )
    students = rows.set_index(["origin", "destination", "next_grade"])["students"].reindex(ends).fillna(0.0)
    pairs = pairs.assign(students=students.to_numpy())
    # A known pair that is not one of neighbours cannot be modelled: whoever is left without students goes with it.
    for side in ("sender", "receiver"):
        pairs = pairs[(pairs.groupby(side)["students"].transform("sum") > 0).to_numpy()]
    return pairs.assign(**{side: np.unique(pairs[side], return_inverse=True)[1] for side in ("sender", "receiver")})
