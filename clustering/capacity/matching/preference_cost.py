"""What the preferences of a match cost, since they come before cost."""

from __future__ import annotations

import time
from dataclasses import replace

from clustering.capacity.matching.choice_model import COST, NEED, PREFERENCE
from clustering.capacity.matching.losses import SolvedMatch
from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.solver import solve_in_order
from clustering.capacity.solver.solve_in_order import keep_value

# A saving below this is the rounding of sums of dollars.
_NO_SAVING = 1.0


def describe_preference_cost(solved: SolvedMatch) -> tuple[str, ...]:
    """
    Say how much less a match with as much need could cost if preferences did not come first.

    Parameters
    ----------
    solved
        The match.

    Returns
    -------
    note
        A note, or nothing: no preference is met, none costs anything, or it is not worked out, because the request is
        large, the match is not proved or time is over.
    """
    choice, chosen = solved.choice, solved.solution.chosen
    left = solved.deadline - time.monotonic()
    is_worked_out = solved.is_best and solved.is_small and solved.is_measured and left > 0
    if not is_worked_out or not choice.objectives[PREFERENCE, chosen].sum():
        return ()
    aims = choice.objectives[[COST, PREFERENCE]]
    model = replace(keep_value(choice.model, choice.objectives[NEED], chosen), values=aims[0])
    cheapest = solve_in_order(model, aims, time_limit_s=left)
    saved, lost = aims[:, cheapest.chosen].sum(axis=1) - aims[:, chosen].sum(axis=1)
    if cheapest.status != "optimal" or saved < _NO_SAVING:
        return ()
    note = (
        f"Preferences come before cost: a match that serves as much need would cost {saved:,.0f} dollars a year less,"
        f" with {plural(-lost, 'fewer preference')} met."
    )
    return (note,)
