"""The limits of a multi-year plan as rows: each says what it limits, which options use it, and how much there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from clustering.capacity.matching.choice_model import exclusive_groups
from clustering.capacity.plan_years.options import YearOptions, uses_capacity
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.tolerances import DOLLARS_PER_UNIT

# What a row limits, and what its labels name.
ONCE = "once"  # a Zone, or a school of a Zone that may be split
CAPACITY = "capacity"  # of a partner in a fall
CEILING = "ceiling"  # of a partner's growth in a fall
PARTNER_ZONES = "Zones of a partner"  # in a fall
BUDGET = "budget"  # of a fall
LOCK = "lock"


@dataclass(frozen=True, kw_only=True, eq=False)
class LimitRows:
    """
    Rows of a model.

    Parameters
    ----------
    labels
        A row each: ``kind`` (one of the above), ``partner`` (its id), ``fall`` (Int64) and ``lock`` (its parameter and
        text); missing where the kind has none.
    usage
        ``(n_rows, n_options)``.
    lower, upper
        ``(n_rows,)``.
    """

    labels: pd.DataFrame
    usage: csr_array
    lower: np.ndarray
    upper: np.ndarray

    def only(self, kept: np.ndarray) -> LimitRows:
        """Keep some rows, by truth value."""
        return LimitRows(
            labels=self.labels[kept].reset_index(drop=True),
            usage=self.usage[np.flatnonzero(kept)],
            lower=self.lower[kept],
            upper=self.upper[kept],
        )


class RowGroup(NamedTuple):
    """
    Rows of one kind.

    Entries of the matrix are given by ``row`` (its number in the group), ``option`` and ``use``; ``lower`` and
    ``upper`` are by row, and so are the labels: ``partner``, ``fall`` and ``lock``, ``None`` where the kind has none.
    """

    kind: str
    row: np.ndarray
    option: np.ndarray
    use: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    partner: Sequence[str] | None = None
    fall: Sequence[int] | None = None
    lock: Sequence[str] | None = None


def build_rows(options: YearOptions, request: YearRequest) -> LimitRows:
    """
    Write the limits of a request as rows.

    Parameters
    ----------
    options
        The options.
    request
        The request.

    Returns
    -------
    rows
        Kind after kind, in an order that depends on ids and falls alone.
    """
    groups = [
        _once(options),
        *_capacity(options, request),
        _partner_zones(options, request),
        _budgets(options, request),
        _locks(options, request),
    ]
    counts = [len(group.upper) for group in groups]
    row = np.concatenate([group.row + first for group, first in zip(groups, np.cumsum([0, *counts]), strict=False)])
    option, use = (np.concatenate([getattr(group, name) for group in groups]) for name in ("option", "use"))
    labels: dict[str, Any] = {"kind": np.repeat(np.array([group.kind for group in groups]), counts)}
    for name in ("partner", "fall", "lock"):
        labels[name] = [label for group in groups for label in getattr(group, name) or [None] * len(group.upper)]
    return LimitRows(
        labels=pd.DataFrame(labels).astype({"kind": "str", "partner": "str", "fall": "Int64", "lock": "str"}),
        usage=csr_array(coo_array((use, (row, option)), shape=(sum(counts), len(options.table)))),
        lower=np.concatenate([group.lower for group in groups]),
        upper=np.concatenate([group.upper for group in groups]),
    )


def _once(options: YearOptions) -> RowGroup:
    """
    At most one option of a Zone; where it may be split, each school once, and either parts or the Zone.

    Schools that lie in several Zones are run once too.
    """
    of_zone = exclusive_groups(options.table)
    codes, zones = pd.factorize(of_zone["group"])
    groups = list(_groups_of_schools(options.table))
    row = np.repeat(np.arange(len(groups)), [len(group) for group in groups]) + len(zones)
    count = len(zones) + len(groups)
    return RowGroup(
        kind=ONCE,
        row=np.concatenate([codes, row]),
        option=np.concatenate([of_zone["option"].to_numpy("int64"), *groups]),
        use=np.ones(len(codes) + len(row)),
        lower=np.full(count, -np.inf),
        upper=np.ones(count),
    )


def _groups_of_schools(table: pd.DataFrame) -> Iterator[np.ndarray]:
    """Options that run the same school, of every school that is in several parts or in several Zones."""
    variants = table.drop_duplicates("variant_id")
    holders: dict[str, list[tuple[str, str, bool]]] = {}
    rows = (variants[name] for name in ("variant_id", "zone_id", "is_part", "school_ids"))
    for variant, zone, is_part, schools in zip(*rows, strict=True):
        for school in schools:
            holders.setdefault(school, []).append((variant, zone, is_part))
    shared = [
        [variant for variant, _, _ in held]
        for _, held in sorted(holders.items())
        if len({zone for _, zone, _ in held}) > 1 or sum(is_part for _, _, is_part in held) > 1
    ]
    options_of = table.groupby("variant_id").indices if shared else {}
    for names in shared:
        yield np.sort(np.concatenate([options_of[name] for name in names]))


def _capacity(options: YearOptions, request: YearRequest) -> Iterator[RowGroup]:
    """
    Schools run less growth by schools run for two years, for each partner and fall.

    The ceiling of growth is a row of its own, for it limits the schools run and not what they add.
    """
    schools = options.table["school_count"].to_numpy("float64")[:, None]
    share = options.table["partner_id"].map(request.growth_shares).to_numpy("float64")[:, None]
    used = schools * uses_capacity(options, request)
    grown = share * schools * options.calendar.has_grown
    yield _partner_rows(CAPACITY, options, request, used - grown, request.free_schools)
    ceilings = request.ceilings.where(request.growth_shares > 0, np.inf, axis=0)
    yield _partner_rows(CEILING, options, request, used, ceilings)


def _partner_zones(options: YearOptions, request: YearRequest) -> RowGroup:
    most = request.parameters.maximum_zones_per_partner
    limit = request.free_schools * 0.0 + (np.inf if most is None else most)
    return _partner_rows(PARTNER_ZONES, options, request, options.calendar.in_service.astype("float64"), limit)


def _partner_rows(
    kind: str, options: YearOptions, request: YearRequest, use: np.ndarray, upper: pd.DataFrame
) -> RowGroup:
    """A row for each partner and fall with a limit; ``use`` is by option and fall."""
    partner = upper.index.get_indexer(pd.Index(options.table["partner_id"]))
    limit = upper.to_numpy("float64")
    is_limited = np.isfinite(limit) & np.isin(np.arange(len(upper)), partner)[:, None]
    number = np.where(is_limited, is_limited.ravel().cumsum().reshape(limit.shape) - 1, -1)
    option, fall = np.nonzero(use)
    row = number[partner[option], fall]
    at_partner, at_fall = np.nonzero(is_limited)
    return RowGroup(
        kind=kind,
        row=row[row >= 0],
        option=option[row >= 0],
        use=use[option, fall][row >= 0],
        lower=np.full(len(at_fall), -np.inf),
        upper=limit[is_limited],
        partner=list(upper.index.to_numpy()[at_partner]),
        fall=list(request.falls[at_fall]),
    )


def _budgets(options: YearOptions, request: YearRequest) -> RowGroup:
    """Cost of each fall, or of all falls until then where money that is left may be spent later."""
    costs, budgets = options.calendar.costs, request.budgets
    if request.parameters.carry_over:
        costs, budgets = costs.cumsum(axis=1), budgets.cumsum()
    limited = np.flatnonzero(np.isfinite(budgets))
    option, row = np.nonzero(costs[:, limited])
    return RowGroup(
        kind=BUDGET,
        row=row,
        option=option,
        use=costs[:, limited][option, row] / DOLLARS_PER_UNIT,
        lower=np.full(len(limited), -np.inf),
        upper=budgets[limited] / DOLLARS_PER_UNIT,
        fall=list(request.falls[limited]),
    )


def _locks(options: YearOptions, request: YearRequest) -> RowGroup:
    """At least one option of each Zone, or of each Zone and partner, that a lock asks for."""
    table, locks = options.table, request.locks
    forced = [
        *((f"force_match={zone}={partner}", zone, partner) for zone, partner in locks.matched),
        *((f"force_served={zone}", zone, None) for zone in locks.served),
    ]
    is_of = [
        (table["zone_id"] == zone) & ((table["partner_id"] == partner) | (partner is None))
        for _, zone, partner in forced
    ]
    groups = [np.flatnonzero(each) for each in is_of]
    row = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return RowGroup(
        kind=LOCK,
        row=row,
        option=np.concatenate([np.empty(0, dtype="int64"), *groups]),
        use=np.ones(len(row)),
        lower=np.ones(len(groups)),
        upper=np.full(len(groups), np.inf),
        lock=[text for text, _, _ in forced],
    )
