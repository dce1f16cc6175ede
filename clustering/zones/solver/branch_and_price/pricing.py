"""
The best Zone of every anchor of a group at one set of prices.

Anchors whose sets of inner schools are few, and that nothing else is decided of, are answered all at once: their tables
stand one under the other. The others are asked one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clustering.zones.solver.branch_and_price.branching import Branch
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.branch_and_bound import ZoneFound, choose_outer
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.single_zone.problem import SetTable, ZoneProblem

# More Zones than the best cost little to find, and save asking again at other prices.
_FOUND_AT_ONCE = 2


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
        self._asked: dict[int, tuple[tuple[bytes | None, ...], ZoneFound | None]] = {}
        able = {
            number: each.problem.table
            for number, each in enumerate(oracles)
            if each.side.is_idle and not each.problem.has_mandatory
        }
        self._tabled = [number for number, table in able.items() if table is not None]
        self._tables = (
            TablePricing(
                [oracles[number].problem for number in self._tabled],
                [table for table in able.values() if table is not None],
                [rows[number] for number in self._tabled],
            )
            if len(self._tabled) > 1
            else None
        )

    def find_best(
        self, prices: np.ndarray, branch: Branch, worth: np.ndarray, deadline: float
    ) -> tuple[np.ndarray, bool, bool]:
        """
        Find the best Zone of every anchor, and let its oracle know those that are worth it.

        Parameters
        ----------
        prices
            What each school costs, by number [students per year].
        branch
            What is decided.
        worth
            Value from which on a Zone is worth knowing, by anchor [students per year].
        deadline
            Of ``time.monotonic``.

        Returns
        -------
        most
            No Zone of an anchor has a greater value at these prices; minus infinity where there is none, or where the
            branch closes the anchor.
        is_worth_it
            Whether any Zone is worth knowing.
        is_exact
            Whether time sufficed: ``most`` is the value of a Zone.
        """
        most, is_worth_it, is_exact = np.full(len(self._oracles), -np.inf), False, True
        together: list[int] = []
        if self._tables is not None:
            most[self._tabled] = self._tables.find_best(prices)
            together = [number for number in self._tabled if branch.places(number) == _NOTHING]
            for place, number in enumerate(self._tabled):
                if number in branch.closed or most[number] <= worth[number] or branch.places(number) != _NOTHING:
                    continue
                is_worth_it = True
                zones = self._tables.zones(place, _FOUND_AT_ONCE)
                self._oracles[number].take_priced(zones, prices[self._rows[number]])
        for number in sorted(set(range(len(self._oracles))) - set(together) - branch.closed):
            try:
                found = self._find_one(number, prices[self._rows[number]], branch, deadline)
                most[number] = -np.inf if found is None else found.value
            except UnprovedZoneError as late:
                most[number], found, is_exact = late.bound, late.found, False
            is_worth_it |= found is not None and found.value > worth[number]
        most[list(branch.closed)] = -np.inf
        return most, is_worth_it, is_exact

    def _find_one(self, number: int, prices: np.ndarray, branch: Branch, deadline: float) -> ZoneFound | None:
        """Best Zone of one anchor; asked twice in a row, it is looked up."""
        oracle = self._oracles[number]
        must, barred = (_mask(places, len(oracle.schools)) for places in branch.places(number))
        key = prices.tobytes(), None if must is None else must.tobytes(), None if barred is None else barred.tobytes()
        if (last := self._asked.get(number)) is not None and last[0] == key:
            return last[1]
        found = oracle.find_best(prices=prices, must=must, barred=barred, deadline=deadline)
        self._asked[number] = key, found
        return found


_NOTHING: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())


def _mask(places: frozenset[int], size: int) -> np.ndarray | None:
    if not places:
        return None
    mask = np.zeros(size, dtype=bool)
    mask[list(places)] = True
    return mask


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
        # Padding has the number -1: a price of nothing, behind all others.
        self.inner_rows = _padded([row[each.inner] for each, row in zip(problems, rows, strict=True)], -1)
        self.outer_rows = _padded([row[each.outer] for each, row in zip(problems, rows, strict=True)], -1)
        self.chosen = _stacked([table.chosen for table in tables], self.inner_own.shape[1], 0.0)
        self.gains = _stacked([table.gains for table in tables], self.outer_own.shape[1], 0.0)
        self.is_loose = _stacked([table.is_loose for table in tables], self.outer_own.shape[1], fill=True)
        self.pairs = np.concatenate([table.pairs for table in tables])
        self.hangs = np.concatenate([table.hangs for table in tables])
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
            What each school costs, by number [students per year].

        Returns
        -------
        values
            In the order of the problems; minus infinity where there is no Zone.
        """
        prices = np.append(prices, 0.0)
        nets = (self.outer_own - prices[self.outer_rows])[self.owner] + self.gains
        nets[self.is_loose] = -np.inf
        inner = (self.inner_own - prices[self.inner_rows])[self.owner]
        added, self._counts, possible = choose_outer(nets, self.least, self.most)
        value = (self.chosen * inner).sum(axis=1) + self.pairs + added
        self._values, self._nets = np.where(self.hangs & possible, value, -np.inf), nets
        best: np.ndarray = np.maximum.reduceat(self._values, self.starts)
        return best

    def zones(self, number: int, most_found: int) -> list[ZoneFound]:
        """Best Zones of one of the anchors for different sets of inner schools, at the prices last asked for."""
        start, problem, table = int(self.starts[number]), self.problems[number], self.tables[number]
        values = self._values[start : self.ends[number]]
        found = []
        for place in np.argsort(-values, kind="stable")[:most_found].tolist():
            if values[place] == -np.inf:
                break
            row = start + place
            chosen = np.argsort(-self._nets[row], kind="stable")[: self._counts[row]]
            places = np.concatenate([problem.inner[table.sets[place]], problem.outer[chosen]])
            found.append(ZoneFound(value=float(values[place]), feeders=tuple(np.sort(places).tolist())))
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
