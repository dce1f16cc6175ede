"""Which partner may run which Zone: every pair, with everything that stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.capacity.matching.costs import cost_variants
from clustering.capacity.matching.duties import lacking_duties
from clustering.capacity.matching.free_capacity import free_schools, start_fall
from clustering.capacity.matching.locks import split_pairs
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.reach import find_unreached_districts, measure_distances
from clustering.capacity.matching.statements import count_statements
from clustering.capacity.matching.variants import allowed_variants
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.duties import duty_states
from clustering.capacity.register.register import Register

# What can stand in the way of a pair, in the order in which it is said.
OBSTACLES = (
    "supporting partner",  # it runs no Zones
    "approval",
    "duties",
    "excluded",  # by the partner, the district or the state
    "forbidden",  # by a lock
    "levels",
    "reach",  # district or distance
    "start",  # its earliest start is later
    "size",  # the variant has more schools than it can run, or nobody knows how many it can
    "budget",  # the variant alone costs more than there is
)


def pair_zones(needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> pd.DataFrame:
    """
    Pair every variant that the request allows with every partner.

    Only what is known stands in the way: a distance, a district or a year that nobody knows does not. The exception is
    capacity: a partner of which the register does not say how many schools it can run, or how many it runs now, is in
    the way of itself (``size``).

    Parameters
    ----------
    needs, register, parameters
        The request. Variants that are ``smaller`` or a ``part`` are paired only if ``allow_smaller`` or ``allow_parts``
        asks for them. A partner's own levels count, not those of its supporting partners: authority over staff cannot
        be passed on.

    Returns
    -------
    pairs
        One row per variant and partner, sorted by both: ``variant_id``, ``zone_id``, ``partner_id``, ``distance_km``
        (great circle between the partner's home and the first anchor; missing where a position is unknown),
        ``obstacles`` (tuple of :data:`OBSTACLES`; empty: the pair is admissible), ``preference`` (preferences that fit;
        int64), ``cost_dollars`` (a year at full cost, whole dollars).
    """
    variants = allowed_variants(needs, parameters)
    ordered = register.partners.sort_index()
    partners = replace(register, partners=ordered)
    zones = needs.zones.reindex(variants["zone_id"])
    distances = measure_distances(zones, ordered)
    statements = count_statements(needs, variants, partners)
    dollars = cost_variants(variants, partners, parameters).dollars
    blocked = {
        **_partner_obstacles(needs, partners, parameters),
        "excluded": statements.exclude > 0,
        "forbidden": _forbidden(variants, ordered, parameters),
        "levels": _lacks_level(variants, ordered["levels"]),
        "reach": _is_out_of_reach(variants, partners, distances),
        "size": _is_too_large(variants, free_schools(partners, start_fall(needs, parameters))),
        "budget": dollars > (np.inf if parameters.budget_dollars is None else parameters.budget_dollars),
    }
    row, column = (each.ravel() for each in np.indices(dollars.shape))
    return pd.DataFrame(
        {
            "variant_id": variants.index.astype("str")[row],
            "zone_id": pd.Index(variants["zone_id"], dtype="str")[row],
            "partner_id": ordered.index.astype("str")[column],
            "distance_km": distances.ravel(),
            "obstacles": _as_tuples(blocked, dollars.shape),
            "preference": statements.prefer.ravel(),
            "cost_dollars": dollars.ravel(),
        }
    )


def _partner_obstacles(needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> dict[str, np.ndarray]:
    """Obstacles that a partner has with every Zone: a row that holds for all variants."""
    partners, fall = register.partners, start_fall(needs, parameters)
    earliest = pd.to_numeric(partners["earliest_start"]).to_numpy("float64", na_value=-np.inf)
    return {
        "supporting partner": (partners["kind"] == "supporting partner").to_numpy(bool),
        "approval": ~partners["approval"].isin(parameters.approvals).to_numpy(bool) & bool(parameters.approvals),
        "duties": (lacking_duties(duty_states(register), parameters.duties).map(len) > 0).to_numpy(bool),
        "start": earliest > (np.inf if fall is None else fall),
    }


def _forbidden(variants: pd.DataFrame, partners: pd.DataFrame, parameters: MatchParameters) -> np.ndarray:
    is_forbidden = np.zeros((len(variants), len(partners)), dtype=bool)
    zone_of_variant = variants["zone_id"].to_numpy()
    known = split_pairs(parameters.forbid_match, set(zone_of_variant), set(partners.index))
    for zone, partner in known.values():
        is_forbidden[zone_of_variant == zone, partners.index.get_loc(partner)] = True
    return is_forbidden


def _lacks_level(variants: pd.DataFrame, served: pd.Series) -> np.ndarray:
    """Whether a partner that names its levels lacks one of the variant's; few combinations of levels exist."""
    needed, wanted = pd.factorize(variants["levels"])
    offered, levels = pd.factorize(served)
    lacks = np.array([[bool(have) and not set(want) <= set(have) for have in levels] for want in wanted], dtype=bool)
    return lacks.reshape(len(wanted), len(levels))[np.ix_(needed, offered)]


def _is_out_of_reach(variants: pd.DataFrame, register: Register, distances: np.ndarray) -> np.ndarray:
    reach_km = pd.to_numeric(register.partners["reach_km"]).to_numpy("float64", na_value=np.inf)
    return (find_unreached_districts(variants, register) > 0) | (distances > reach_km)


def _is_too_large(variants: pd.DataFrame, free: pd.Series) -> np.ndarray:
    schools = variants["school_count"].to_numpy("float64")
    return ~(schools[:, None] <= free.to_numpy("float64")[None, :])


def _as_tuples(blocked: Mapping[str, np.ndarray], shape: tuple[int, int]) -> Iterable[object]:
    """Obstacles of each pair; few combinations exist, and each is made once."""
    coded = np.zeros(shape, dtype="int64")
    for position, name in enumerate(OBSTACLES):
        coded |= np.broadcast_to(blocked[name], shape).astype("int64") << position
    combinations, which = np.unique(coded, return_inverse=True)
    tuples = np.empty(len(combinations), dtype="object")
    for number, combination in enumerate(combinations):
        tuples[number] = tuple(name for position, name in enumerate(OBSTACLES) if combination >> position & 1)
    return tuples[which.ravel()]
