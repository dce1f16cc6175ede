"""
Pricing: the best Zone of every anchor of a group at the dual prices of the master problem.

This is the step of column generation that finds new columns. Anchors with few sets of inner schools and without
fixings are priced all at once: their tables stand one under the other. The pricing problems of the others are solved
one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.branch_and_price.branching import NOTHING_FIXED, FixedCandidates, Node
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.branch_and_bound import choose_outer
from clustering.zones.solver.single_zone.problem import SetTable, ZoneProblem
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError, ZoneFound

# More Zones than the best cost little to find, and save pricing again at other prices.
_ZONES_OF_A_TABLE = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class PricingResult:
    """
    What pricing found.

    Parameters
    ----------
    bounds
        No Zone of an anchor has a greater value at the prices [anchors]; minus infinity where there is none, or where
        the node closes the anchor.
    is_improving
        Whether any Zone improves the master problem.
    is_exact
        Whether time sufficed, so that every bound is the value of a Zone.
    """

    bounds: np.ndarray
    is_improving: bool
    is_exact: bool


@dataclass(frozen=True, kw_only=True)
class _LastPricing:
    """The last pricing problem of one anchor that was solved alone, and its solution."""

    prices: bytes
    fixed: FixedCandidates
    zone: ZoneFound | None


class GroupPricing:
    """
    Prices the anchors of a group.

    Parameters
    ----------
    oracles
        One per anchor.
    rows
        Numbers of each anchor's candidates, as prices know them.
    """

    def __init__(self, oracles: Sequence[PricingOracle], rows: Sequence[np.ndarray]) -> None:
        self._oracles, self._rows = oracles, rows
        self._last: dict[int, _LastPricing] = {}
        tables = {
            number: each.problem.table
            for number, each in enumerate(oracles)
            if each.side.never_bind and not each.problem.has_mandatory
        }
        self._tabled = [number for number, table in tables.items() if table is not None]
        self._tables = (
            TablePricing(
                [oracles[number].problem for number in self._tabled],
                [table for table in tables.values() if table is not None],
                [rows[number] for number in self._tabled],
            )
            if len(self._tabled) > 1
            else None
        )

    def find_best(self, prices: np.ndarray, node: Node, threshold: np.ndarray, deadline: float) -> PricingResult:
        """
        Find the best Zone of every anchor, and let its oracle keep those that improve the master problem.

        Parameters
        ----------
        prices
            Dual price of each candidate, by number [students per year].
        node
            Of the branching tree.
        threshold
            Value above which a Zone of the anchor improves the master problem [anchors; students per year].
        deadline
            Of ``time.monotonic``.

        Returns
        -------
        result
            Bounds by anchor.
        """
        bounds, is_improving, is_exact = np.full(len(self._oracles), -np.inf), False, True
        together: set[int] = set()
        if self._tables is not None:
            bounds[self._tabled] = self._tables.find_best(prices)
            together = {number for number in self._tabled if node.fixed(number) is NOTHING_FIXED}
            for position, number in enumerate(self._tabled):
                if number in node.closed or bounds[number] <= threshold[number] or number not in together:
                    continue
                is_improving = True
                zones = self._tables.zones(position, _ZONES_OF_A_TABLE)
                self._oracles[number].add_priced(zones, prices[self._rows[number]])
        for number in sorted(set(range(len(self._oracles))) - together - node.closed):
            try:
                found = self._find_one(number, prices[self._rows[number]], node, deadline)
                bounds[number] = -np.inf if found is None else found.value
            except UnprovedZoneError as late:
                bounds[number], found, is_exact = late.bound, late.found, False
            is_improving |= found is not None and found.value > threshold[number]
        bounds[list(node.closed)] = -np.inf
        return PricingResult(bounds=bounds, is_improving=is_improving, is_exact=is_exact)

    def _find_one(self, number: int, prices: np.ndarray, node: Node, deadline: float) -> ZoneFound | None:
        """Best Zone of one anchor; the same pricing problem twice in a row is solved once."""
        key, fixed = prices.tobytes(), node.fixed(number)
        last = self._last.get(number)
        if last is not None and last.prices == key and last.fixed == fixed:
            return last.zone
        oracle = self._oracles[number]
        zone = oracle.find_best(prices=prices, fixings=fixed.masks(len(oracle.schools)), deadline=deadline)
        self._last[number] = _LastPricing(prices=key, fixed=fixed, zone=zone)
        return zone


class TablePricing:
    """
    The sets of inner schools of some anchors in one table, a row per set; narrower anchors are padded.

    Parameters
    ----------
    problems
        Of the anchors: all with a table, none with candidates that every Zone has.
    tables
        Of the problems.
    rows
        Numbers of each problem's candidates, as prices know them.
    """

    def __init__(self, problems: Sequence[ZoneProblem], tables: Sequence[SetTable], rows: Sequence[np.ndarray]) -> None:
        self.problems, self.tables = problems, tables
        counts = np.array([len(table.sets) for table in tables], dtype=np.intp)
        self.ends = np.cumsum(counts)
        self.starts: np.ndarray = self.ends - counts
        self.owner = np.repeat(np.arange(len(tables)), counts)
        self.inner_own = _padded([problem.own[problem.inner] for problem in problems], 0.0)
        self.outer_own = _padded([problem.own[problem.outer] for problem in problems], 0.0)
        # Padding has the number -1: a price of 0, behind all others.
        self.inner_rows = _padded([row[each.inner] for each, row in zip(problems, rows, strict=True)], -1)
        self.outer_rows = _padded([row[each.outer] for each, row in zip(problems, rows, strict=True)], -1)
        self.chosen = _stacked([table.chosen for table in tables], self.inner_own.shape[1], 0.0)
        self.gains = _stacked([table.gains for table in tables], self.outer_own.shape[1], 0.0)
        self.cannot_join = _stacked([table.cannot_join for table in tables], self.outer_own.shape[1], fill=True)
        self.pairs = np.concatenate([table.pairs for table in tables])
        self.is_sound = np.concatenate([table.is_sound for table in tables])
        sizes = np.concatenate([table.sizes for table in tables])
        self.least = np.maximum(np.repeat([each.least for each in problems], counts) - sizes, 0)
        self.most = np.repeat([each.most for each in problems], counts) - sizes
        self._values, self._nets, self._counts = np.zeros(0), self.gains, self.owner

    def find_best(self, prices: np.ndarray) -> np.ndarray:
        """
        Find the value of each anchor's best Zone.

        Parameters
        ----------
        prices
            Dual price of each candidate, by number [students per year].

        Returns
        -------
        values
            In the order of the problems; minus infinity where there is no Zone.
        """
        prices = np.append(prices, 0.0)
        nets = (self.outer_own - prices[self.outer_rows])[self.owner] + self.gains
        nets[self.cannot_join] = -np.inf
        inner = (self.inner_own - prices[self.inner_rows])[self.owner]
        choice = choose_outer(nets, self.least, self.most)
        value = (self.chosen * inner).sum(axis=1) + self.pairs + choice.added
        self._values = np.where(self.is_sound & choice.is_possible, value, -np.inf)
        self._nets, self._counts = nets, choice.counts
        best: np.ndarray = np.maximum.reduceat(self._values, self.starts)
        return best

    def zones(self, number: int, most_found: int) -> list[ZoneFound]:
        """Best Zones of one of the anchors with different sets of inner schools, at the prices priced last."""
        start, problem, table = int(self.starts[number]), self.problems[number], self.tables[number]
        values = self._values[start : self.ends[number]]
        found = []
        for position in np.argsort(-values, kind="stable")[:most_found].tolist():
            if values[position] == -np.inf:
                break
            row = start + position
            chosen = np.argsort(-self._nets[row], kind="stable")[: self._counts[row]]
            feeders = np.sort(np.concatenate([problem.inner[table.sets[position]], problem.outer[chosen]]))
            found.append(ZoneFound(value=float(values[position]), feeders=tuple(feeders.tolist())))
        return found


def _padded(parts: Sequence[np.ndarray], fill: float) -> np.ndarray:
    """Rows of different lengths as one table."""
    table = np.full((len(parts), max(map(len, parts))), fill, dtype=parts[0].dtype)
    for row, part in zip(table, parts, strict=True):
        row[: len(part)] = part
    return table


def _stacked(parts: Sequence[np.ndarray], width: int, fill: float) -> np.ndarray:
    """Tables of different widths, one under the other."""
    table = np.full((sum(map(len, parts)), width), fill, dtype=parts[0].dtype)
    end = 0
    for part in parts:
        table[end : end + len(part), : part.shape[1]] = part
        end += len(part)
    return table
