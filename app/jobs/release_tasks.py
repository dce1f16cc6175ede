"""What an isolated process does for a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.jobs.protection_tasks import stored_protection
from app.queries.analysis import Progress
from app.store import MadeRelease
from clustering import make_release, scenario_from_bytes


def release(
    progress: Progress,
    scenario: bytes,
    requests: Sequence[Mapping[str, Any]],
    policy: str | Mapping[str, Any],
    title: str,
    on: date,
) -> MadeRelease:
    """
    Compute proposals on the public base, and say what is hidden.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    scenario
        Inputs as bytes, with how their bases are made.
    requests
        Parameters of each proposal.
    policy
        Name of a policy, or its fields.
    title
        By which readers know the release.
    on
        The day.

    Returns
    -------
    made
        For the store.
    """
    made = make_release(scenario_from_bytes(scenario), requests, policy=policy, title=title, on=on, progress=progress)
    return MadeRelease(
        title=title,
        protection=stored_protection(made.protection),
        public_report=made.public_report,
        report=made.report,
        files=made.files,
    )
