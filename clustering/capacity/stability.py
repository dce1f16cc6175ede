"""How far a match holds when what is uncertain turns out otherwise: capacity, cost, need."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clustering.capacity.matching.choice_model import build_model
from clustering.capacity.matching.instance import build_instance
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.solve_match import solve_match
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.errors import InfeasibleError, InputError
from clustering.model.arguments import of_type
from clustering.zones.progress import Progress, ignore_progress

_OF_PARTNERS = ("maximum_schools", "cost_per_school", "cost_per_student")
_OF_VARIANTS = ("students", "students_below")
_AS_STATED, _LOW, _HIGH = "as stated", "all low", "all high"


@dataclass(frozen=True, kw_only=True, eq=False)
class MatchStability:
    """
    How often Zones are served and matches hold.

    Parameters
    ----------
    zones
        Index ``zone_id``: ``name``; ``is_served`` as stated, ``is_served_low`` and ``is_served_high`` with everything
        uncertain at its low or high end; ``served_share`` of the draws [0 to 1]; ``sentence``.
    matches
        Every match that is found in any of them: ``zone_id``, ``variant_id``, ``partner_id``, ``is_stated``,
        ``is_low``, ``is_high``, ``share`` of the draws [0 to 1], sorted by ids; ``sentence``.
    draws
        One row per solution: ``draw`` (``as stated``, ``all low``, ``all high``, or a number from 1), ``need_served``
        (missing where the locks cannot be kept), ``zones_served``, ``status``.
    seed
        Of the draws.
    notes
        Sentences to be read with the numbers.
    """

    zones: pd.DataFrame
    matches: pd.DataFrame
    draws: pd.DataFrame
    seed: int
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Inputs:
    """What one solution is made of."""

    name: str
    needs: ZoneNeeds
    register: Register


def measure_match_stability(
    needs: ZoneNeeds,
    register: Register,
    parameters: MatchParameters | Mapping[str, object] | None = None,
    *,
    draws: int = 100,
    seed: int = 1,
    progress: Progress | None = None,
) -> MatchStability:
    """
    Solve a match again and again with what is uncertain drawn from its ranges.

    Ranges are those of the register (schools that a partner can run, cost) and of the needs (students, students below
    the mark, rates of the anchors). Every amount is drawn evenly between its ends and alone, but all variants of a Zone
    are drawn together. Schools are whole. What has no range stays as it is.

    Parameters
    ----------
    needs, register, parameters
        The request, as for ``match_zones``.
    draws
        How many, at least 1.
    seed
        Of the draws: the same seed, the same answer.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    stability
        Shares of the draws in which a match could be found.

    Raises
    ------
    InputError
        As ``match_zones``.
    InfeasibleError
        Locks cannot be kept together as stated.
    ValueError
        Fewer than one draw is asked for.
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, and is {draws}")
    request, report = MatchParameters.given(parameters), progress or ignore_progress
    of_type("needs", needs, ZoneNeeds, "what measure_zone_needs answers")
    of_type("register", register, Register, "what read_register answers")
    found, rows = {}, []
    for number, drawn in enumerate(_inputs(needs, register, draws, seed)):
        report("Solving draws", number / (draws + 3))
        matches, row = _solve(drawn, request)
        rows.append({"draw": drawn.name, **row})
        if matches is not None:
            found[drawn.name] = matches
    report("Done", 1.0)
    table = pd.DataFrame(rows)
    count = sum(name not in (_AS_STATED, _LOW, _HIGH) for name in found)
    return MatchStability(
        zones=_zones(needs, found, count),
        matches=_matches(needs, register, found, count),
        draws=table.astype({"draw": "str"}),
        seed=seed,
        notes=tuple(_notes(needs, register, draws, count)),
    )


def _inputs(needs: ZoneNeeds, register: Register, draws: int, seed: int) -> Iterator[_Inputs]:
    yield _Inputs(name=_AS_STATED, needs=needs, register=register)
    random = np.random.default_rng(seed)
    partners, zones = sorted(register.partners.index), sorted(needs.zones.index)
    for name in (_LOW, _HIGH, *(str(number + 1) for number in range(draws))):
        shape = (len(partners), len(_OF_PARTNERS)), (len(zones), 1 + len(_OF_VARIANTS))
        if name in (_LOW, _HIGH):
            of_partners, of_zones = (np.full(each, float(name == _HIGH)) for each in shape)
        else:
            of_partners, of_zones = (random.random(each) for each in shape)
        drawn = _drawn(register.partners, pd.DataFrame(of_partners, partners, list(_OF_PARTNERS)))
        drawn["maximum_schools"] = np.floor(drawn["maximum_schools"] + 1e-9)
        positions = pd.DataFrame(of_zones, zones, ["anchor_rate", *_OF_VARIANTS])
        owners = needs.variants["zone_id"].to_numpy()
        of_variants = positions.loc[owners, list(_OF_VARIANTS)].set_axis(needs.variants.index)
        yield _Inputs(
            name=name,
            needs=replace(
                needs,
                zones=_drawn(needs.zones, positions[["anchor_rate"]]),
                variants=_drawn(needs.variants, of_variants),
            ),
            register=replace(register, partners=drawn),
        )


def _drawn(table: pd.DataFrame, positions: pd.DataFrame) -> pd.DataFrame:
    """Set each amount at its position between its ends [0 to 1]. An amount without a range stays."""
    drawn: dict[str, pd.Series] = {}
    for column in map(str, positions):
        ends = [pd.to_numeric(table[f"{column}{end}"]).astype("float64") for end in ("_low", "_high")]
        stated = pd.to_numeric(table[column]).astype("float64")
        # With one end only, the amount stated is the other.
        low, high = (end.fillna(stated) for end in ends)
        position = positions[column].reindex(table.index)
        drawn[column] = (low + position * (high - low)).fillna(stated)
    return table.assign(**drawn)


def _solve(inputs: _Inputs, request: MatchParameters) -> tuple[pd.DataFrame | None, dict[str, object]]:
    deadline = time.monotonic() + request.time_limit_s
    try:
        instance = build_instance(inputs.needs, inputs.register, request)
        solution = solve_match(instance, build_model(instance), deadline=deadline)
    except (InputError, InfeasibleError):
        # As stated, a fault of the request is the caller's; in a draw, the locks do not fit what was drawn.
        if inputs.name == _AS_STATED:
            raise
        return None, {"need_served": float("nan"), "zones_served": 0, "status": "infeasible"}
    matches = instance.options.loc[solution.chosen, ["zone_id", "variant_id", "partner_id"]]
    served: dict[str, object] = {
        "need_served": solution.value,
        "zones_served": matches["zone_id"].nunique(),
        "status": solution.status,
    }
    return matches, served


def _zones(needs: ZoneNeeds, found: Mapping[str, pd.DataFrame], count: int) -> pd.DataFrame:
    served = {name: frozenset(matches["zone_id"]) for name, matches in found.items()}
    ids = needs.zones.index.sort_values()
    table = pd.DataFrame({"name": needs.zones["name"].reindex(ids)}, index=ids)
    for column, name in (("is_served", _AS_STATED), ("is_served_low", _LOW), ("is_served_high", _HIGH)):
        table[column] = ids.isin(list(served.get(name, frozenset())))
    times = _times(found, ["zone_id"]).reindex(ids).fillna(0).astype("int64")
    table["served_share"] = times / count if count else np.nan
    names = table["name"].astype("str")
    table["sentence"] = [
        _sentence(f"{name} is served", number, count) for name, number in zip(names, times.tolist(), strict=True)
    ]
    return table


def _matches(needs: ZoneNeeds, register: Register, found: Mapping[str, pd.DataFrame], count: int) -> pd.DataFrame:
    keys = ["zone_id", "variant_id", "partner_id"]
    everything = pd.concat(list(found.values()) or [pd.DataFrame(columns=keys)])
    table = everything.drop_duplicates().sort_values(keys).reset_index(drop=True)
    pairs = pd.MultiIndex.from_frame(table)
    for column, name in (("is_stated", _AS_STATED), ("is_low", _LOW), ("is_high", _HIGH)):
        table[column] = pairs.isin(pd.MultiIndex.from_frame(found[name])) if name in found else False
    times = _times(found, keys).reindex(pairs).fillna(0).astype("int64").tolist()
    table["share"] = np.array(times) / count if count else np.nan
    zones, partners = needs.zones["name"], register.partners["name"]
    table["sentence"] = [
        _sentence(f"{zones[zone]} is matched with {partners[partner]}", number, count)
        for zone, partner, number in zip(table["zone_id"], table["partner_id"], times, strict=True)
    ]
    return table


def _times(found: Mapping[str, pd.DataFrame], keys: list[str]) -> pd.Series:
    """In how many draws each is found."""
    drawn = [each[keys].drop_duplicates() for name, each in found.items() if name not in (_AS_STATED, _LOW, _HIGH)]
    return pd.concat(drawn or [pd.DataFrame(columns=keys)]).groupby(keys).size()


def _sentence(what: str, number: int, count: int) -> str:
    if number in (0, count):
        return f"{what} in {'every' if number else 'no'} draw."
    return f"{what} in {number:,} of {count:,} draws."


def _notes(needs: ZoneNeeds, register: Register, draws: int, count: int) -> Iterator[str]:
    tables = [(register.partners, _OF_PARTNERS), (needs.zones, ("anchor_rate",)), (needs.variants, _OF_VARIANTS)]
    uncertain = [
        column
        for table, columns in tables
        for column in columns
        if (table[f"{column}_low"] < table[f"{column}_high"]).any()
    ]
    if not uncertain:
        yield "Nothing is given as a range, so every draw is the same."
    else:
        yield f"These have ranges: {', '.join(each.replace('_', ' ') for each in uncertain)}."
    if count < draws:
        yield f"In {draws - count:,} of {draws:,} draws the locks cannot be kept together. Shares are of the others."
