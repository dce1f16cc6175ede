"""How far a computation is, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]


def part_of(report: Progress, stage: str, start: float, end: float) -> Callable[[float], None]:
    """
    Report one stage as a part of the whole.

    Parameters
    ----------
    report
        Told the stage and the fraction of the whole done.
    stage
        Its name.
    start, end
        Fractions of the whole at which the stage starts and ends [0 to 1].

    Returns
    -------
    report_part
        Told the fraction of the stage done, 0 to 1.
    """
    return lambda fraction: report(stage, start + (end - start) * fraction)


def ignore_progress(stage: str, fraction: float) -> None:
    """Tell nobody."""
