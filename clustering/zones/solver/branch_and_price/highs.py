"""The linear solver HiGHS, without a banner, set so that the same model has the same solution on every machine."""

from __future__ import annotations

import highspy

from clustering.zones.tolerances import (
    MASTER_ABSOLUTE_GAP_STUDENTS,
    MASTER_REDUCED_COST_STUDENTS,
    MASTER_RELATIVE_GAP,
)

# One thread and no gap: the same model has the same solution on every machine, and "optimal" means optimal. These
# models are small and their relaxations nearly whole: presolve and the costlier heuristics take longer than they save.
_SETTINGS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": MASTER_RELATIVE_GAP,
    "mip_abs_gap": MASTER_ABSOLUTE_GAP_STUDENTS,
    "dual_feasibility_tolerance": MASTER_REDUCED_COST_STUDENTS,
    "presolve": "off",
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}


class QuietHighs(highspy.Highs):
    """HiGHS without callbacks: setting them up prints a banner before any option can forbid it."""

    def __init__(self, **settings: bool | float | str) -> None:
        super(highspy.Highs, self).__init__()
        for name, value in {**_SETTINGS, **settings}.items():
            self.setOptionValue(name, value)
