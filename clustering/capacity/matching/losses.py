"""What the whole match loses by one change: solved again where it is small, else within bounds by the dual prices."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from clustering.capacity.matching.choice_model import COST, NEED, POSITION, PREFERENCE, ChoiceModel
from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.matching.reasons import Loss
from clustering.capacity.matching.variants import NEED_DIGITS
from clustering.capacity.solver import AssignmentModel, AssignmentSolution, solve_in_order
from clustering.model.rounding import rounded

# Instances up to this size are solved again for each change. By size and not by time: the same on every machine.
MOST_OPTIONS = 2_000
MOST_ZONES = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class SolvedMatch:
    """
    A request, its model and the choice: what changes are measured against.

    Parameters
    ----------
    instance, choice, solution
        As of ``solve_match``.
    deadline
        Of ``time.monotonic``.
    is_best
        Whether it is the best match of the request; nothing is measured against others.
    """

    instance: MatchInstance
    choice: ChoiceModel
    solution: AssignmentSolution
    deadline: float
    is_best: bool = True

    @property
    def is_measured(self) -> bool:
        """Whether losses can be measured."""
        is_proved = self.solution.is_proved if self.is_small else self.solution.status != "time limit"
        return self.is_best and is_proved

    @property
    def is_small(self) -> bool:
        """Whether every change is solved again."""
        options = self.instance.options
        return len(options) <= MOST_OPTIONS and options["zone_id"].nunique() <= MOST_ZONES

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """The options chosen."""
        return self.instance.options[self.solution.chosen]

    @cached_property
    def _positions(self) -> dict[str, np.ndarray]:
        return {str(zone): np.asarray(rows) for zone, rows in self.instance.options.groupby("zone_id").indices.items()}

    def positions_of(self, zone: str) -> np.ndarray:
        """Positions of the options of a Zone."""
        return self._positions.get(zone, np.zeros(0, dtype="int64"))

    def options_of(self, zone: str) -> pd.DataFrame:
        """Options of a Zone."""
        return self.instance.options.iloc[self.positions_of(zone)]

    @cached_property
    def values_at_prices(self) -> np.ndarray:
        """Need of each option less what it uses, at the dual prices of all limits but those of the Zones."""
        model = self.choice.model
        need: np.ndarray = self.choice.objectives[NEED] - model.usage.T @ self._prices
        return need

    @cached_property
    def bound_at_prices(self) -> float:
        """No choice has a greater need: the prices of the limits, and of each Zone its best option at these."""
        model, prices = self.choice.model, self._prices
        ends = np.where(prices > 0, model.upper, model.lower)
        best = pd.Series(self.values_at_prices).groupby(self.instance.options["zone_id"].to_numpy()).max()
        return math.fsum(prices[prices != 0] * ends[prices != 0]) + math.fsum(best.clip(lower=0.0))

    @cached_property
    def _prices(self) -> np.ndarray:
        """Dual prices, 0 for the Zones and where a price has no end to be paid for."""
        model, prices = self.choice.model, self.solution.dual_prices
        ends = np.where(prices > 0, model.upper, model.lower)
        return np.where((self.choice.limits["kind"] == "zone") | ~np.isfinite(ends), 0.0, prices)


def loss_without_pair(solved: SolvedMatch, zone: str, partner: str) -> Loss:
    """
    Measure what is lost if a partner may not run a Zone that it is matched with.

    Parameters
    ----------
    solved
        The match.
    zone, partner
        Ids of the pair.

    Returns
    -------
    loss
        Solved again, or within bounds: at least what the dual prices prove, at most the need of the Zone.
    """
    if not solved.is_measured:
        return Loss()
    if not solved.is_small:
        return _bounded(solved, zone, partner)
    options = solved.instance.options
    keep = ((options["zone_id"] != zone) | (options["partner_id"] != partner)).to_numpy()
    model = replace(
        solved.choice.model, values=solved.choice.objectives[NEED, keep], usage=solved.choice.model.usage[:, keep]
    )
    return _solved_again(solved, model, keep, zone)


def loss_if_served(solved: SolvedMatch, zone: str) -> Loss:
    """
    Measure what is lost if an unserved Zone must have a partner.

    Parameters
    ----------
    solved
        The match.
    zone
        Id of a Zone that is unserved.

    Returns
    -------
    loss
        Solved again where the instance is small; else not measured.
    """
    positions = solved.positions_of(zone)
    if not len(positions) or not solved.is_small or not solved.is_measured:
        return Loss()
    model, is_zone = solved.choice.model, np.zeros(len(solved.instance.options))
    is_zone[positions] = 1.0
    model = replace(
        model,
        usage=csr_array(vstack([model.usage, csr_array(is_zone[np.newaxis, :])])),
        lower=np.append(model.lower, 1.0),
        upper=np.append(model.upper, np.inf),
    )
    return _solved_again(solved, model, np.ones(len(is_zone), dtype=bool), zone)


def _solved_again(solved: SolvedMatch, model: AssignmentModel, keep: np.ndarray, zone: str) -> Loss:
    objectives = solved.choice.objectives[:POSITION, keep]
    options = solved.instance.options[keep]
    if options.empty:
        again = AssignmentSolution(
            chosen=np.zeros(0, dtype=bool), value=0.0, bound=0.0, status="optimal", dual_prices=np.zeros(0)
        )
        again = replace(again, status="infeasible") if (model.lower > 0).any() else again
    else:
        left = max(0.1, solved.deadline - time.monotonic())
        again = solve_in_order(model, objectives, time_limit_s=left)
    if again.status == "infeasible":
        return Loss(is_possible=False, proof="solved")
    if not again.is_proved:
        return Loss()
    before = solved.choice.objectives[:POSITION, solved.solution.chosen].sum(axis=1)
    lost = before - objectives[:, again.chosen].sum(axis=1)
    chosen = options[again.chosen]
    need = rounded(lost[NEED], NEED_DIGITS)
    return Loss(
        need_low=need,
        need_high=need,
        preferences=round(lost[PREFERENCE]),
        cost_dollars=rounded(lost[COST], 0),
        partner_ids=tuple(sorted(set(chosen.loc[chosen["zone_id"] == zone, "partner_id"]))),
        is_possible=True,
        proof="solved",
    )


def _bounded(solved: SolvedMatch, zone: str, partner: str) -> Loss:
    """
    Bound the loss from below by Lagrange: dual prices of all limits but those of the Zones, which stay whole.

    Without the pair no choice is worth more than the prices of the limits and, of each Zone, its best option at these
    prices; the loss is at least what is missing from that to the value.
    """
    if solved.instance.options["is_part"].any():
        return Loss()
    options, values = solved.options_of(zone), solved.values_at_prices[solved.positions_of(zone)]
    others = values[(options["partner_id"] != partner).to_numpy()]
    bound = solved.bound_at_prices - max(0.0, values.max()) + max(0.0, others.max(initial=0.0))
    need = float(options.loc[solved.solution.chosen[solved.positions_of(zone)], "need"].sum())
    # Rounded down: it is to be lost at least.
    low = math.floor(min(need, max(0.0, solved.solution.value - bound)) * 10**NEED_DIGITS) / 10**NEED_DIGITS
    is_locked = zone in solved.instance.locks.served_zones
    return Loss(need_low=low, need_high=None if is_locked else need, proof="bounds")
