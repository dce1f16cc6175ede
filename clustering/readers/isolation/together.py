"""
Files that were given together are parsed by one child, as one merged file would be.

They come from one hand, and so one of them can do no more to the others than a record of a merged file to other
records. The child's limits hold for all of them together. A file that it cannot answer is read again by a child of its
own, so that the message is about this file alone.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clustering.errors import InputError
from clustering.readers.isolation.answers_of_child import answered_table, checked_table
from clustering.readers.isolation.container_table import ContainerTable, ReadingLimits
from clustering.readers.isolation.errors_of_codes import file_error
from clustering.readers.isolation.parent import (
    ContainerFile,
    answer_in,
    copy_for_child,
    facts_of,
    read_container,
    request_for,
    run_child,
)
from clustering.readers.isolation.warm_children import WarmChildren

# After so many files without an answer, the others are no longer tried together: each trial copies all that are left.
_MOST_TRIALS = 5


def read_containers(
    files: Sequence[ContainerFile], *, limits: ReadingLimits | None = None, children: WarmChildren | None = None
) -> list[ContainerTable | InputError]:
    """
    Read files that were given together.

    Parameters
    ----------
    files
        Of any containers.
    limits
        For all files of one container together; the defaults if ``None``.
    children
        As for :func:`~clustering.readers.isolation.parent.read_container`.

    Returns
    -------
    outcomes
        One per file, in their order: what ``read_container`` returns or raises.
    """
    bounds = limits or ReadingLimits()
    outcomes: dict[int, ContainerTable | InputError] = {}
    alike: dict[tuple[str | None, ...], list[int]] = {}
    for number, file in enumerate(files):
        alike.setdefault((file.container, file.layer, file.sheet), []).append(number)
    for waiting in alike.values():
        trials = 0
        while waiting:
            some = waiting if trials < _MOST_TRIALS else []
            answered = _read_by_one_child([files[number] for number in some], bounds, children)
            outcomes |= dict(zip(waiting, answered, strict=False))
            unanswered = waiting[len(answered) :]
            if unanswered:
                outcomes[unanswered[0]] = _read_alone(files[unanswered[0]], bounds, children)
            waiting, trials = unanswered[1:], trials + 1  # noqa: PLW2901
    return [outcomes[number] for number in range(len(files))]


def _read_alone(
    file: ContainerFile, limits: ReadingLimits, children: WarmChildren | None
) -> ContainerTable | InputError:
    try:
        return read_container(**vars(file), limits=limits, children=children)
    except InputError as error:
        return error
    except OSError as error:
        message = f"The file cannot be opened ({error.strerror})."
        return file_error(file.name, message, "Check the path and the permissions.")


def _read_by_one_child(
    files: Sequence[ContainerFile], limits: ReadingLimits, children: WarmChildren | None
) -> list[ContainerTable | InputError]:
    """Read files with one request; outcomes up to the first file that has no sound answer."""
    if len(files) < 2:
        return []
    with TemporaryDirectory() as folder:
        known: list[dict[str, Any] | InputError] = []
        for number, file in enumerate(files):
            work = Path(folder) / str(number)
            work.mkdir()
            try:
                known.append(copy_for_child(file, work))
            except InputError as error:
                known.append(error)
            except OSError:  # reading it alone says what is wrong
                break
        folders = [str(number) for number, facts in enumerate(known) if not isinstance(facts, InputError)]
        with suppress(OSError, subprocess.TimeoutExpired):  # what it answered until then is sound
            run_child({**request_for(files[0], limits), "folders": folders}, Path(folder), limits, children)
        outcomes: list[ContainerTable | InputError] = []
        for number, (file, facts) in enumerate(zip(files, known, strict=False)):
            outcome = facts if isinstance(facts, InputError) else _outcome(file, Path(folder) / str(number), facts)
            if outcome is None:
                break
            outcomes.append(outcome)
    return outcomes


def _outcome(file: ContainerFile, folder: Path, known: dict[str, Any]) -> ContainerTable | InputError | None:
    """The table or the error that a child answered; ``None`` if a child of its own has to be asked."""
    try:
        answer = answer_in(folder)
        if answer.get("error_code") == "memory":  # other files may have taken it
            return None
        table = answered_table(folder / "answer.arrow", file.name) if "error_code" not in answer else None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    try:
        facts = facts_of(answer, file.name)
        return None if table is None else checked_table(table, facts | known, file.name, file.crs)
    except InputError as error:
        return error
