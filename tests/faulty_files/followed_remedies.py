"""Remedies followed to the letter: the options that a message names, typed as it writes them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping

from clustering import InputError, Problem, Scenario
from clustering.readers.file_options import FileOptions

MOST_STEPS = 3
_NAME = "|".join(FileOptions.model_fields)
_TO_FILL_IN = re.compile(r"\b(HEADING|NUMBER|NAME|ENTRY)\b")
_END = r"(?= (?:to|if|for|and|or) |, |; |: |\)|\.(?: |$)|$)"


def typed_options(remedy: str, file: str) -> list[str]:
    """
    Options that a remedy tells to set, as ``--read`` takes them.

    Parameters
    ----------
    remedy
        Of a problem.
    file
        Name of the file, which stands before each option.

    Returns
    -------
    options
        Those of the first choice, which are joined by ``and`` or a comma; empty if the remedy names no option.
    """
    shown = "|".join(re.escape(each) for each in {file, file.replace("=", "?"), "*"})
    option = re.compile(rf"(?<!eave )(?<!\()(?:{shown}):(?:{_NAME})(?:\.[^=]+?)?=.+?{_END}")
    found = list(option.finditer(remedy))
    first = found[:1]
    for before, after in itertools.pairwise(found):
        if remedy[before.end() : after.start()] not in (" and ", ", "):
            break
        first.append(after)
    return [each.group() for each in first]


def is_to_be_filled_in(option: str) -> bool:
    """Whether an option leaves a word for the reader, as ``columns.school_id=HEADING`` does."""
    return _TO_FILL_IN.search(option) is not None


def follow(
    read: Callable[[bool, list[str]], Scenario],
    file: str,
    *,
    options: Iterable[str] = (),
    by_hand: Mapping[str, str],
    can_edit: bool,
) -> tuple[Scenario, list[Problem]]:
    """
    Read a file, and as often as it is refused follow the remedies of the errors.

    Parameters
    ----------
    read
        Reads it with these options, as it is or edited.
    file
        Its name.
    options
        Those of the user from the start.
    by_hand
        A part of an option, such as ``=HEADING``, to what is put there.
    can_edit
        Whether there is an edited file, for remedies that tell to change it.

    Returns
    -------
    scenario, problems
        What is read at last; the errors of the first reading.
    """
    typed, is_edited, first, said = list(options), False, list[Problem](), ""
    for _ in range(MOST_STEPS + 1):
        try:
            return read(is_edited, typed), first
        except InputError as error:
            problems, said = [problem for problem in error.problems if problem.is_error], str(error)
        first = first or problems
        more = [option for problem in problems for option in typed_options(problem.remedy, file)]
        for part, put in by_hand.items():
            more = [option.replace(part, put) for option in more]
        more = [option for option in more if not is_to_be_filled_in(option)]
        new = {option.partition("=")[0]: option for option in reversed(more)}
        if new and not set(new.values()) <= set(typed):
            typed = [option for option in typed if option.partition("=")[0] not in new] + list(new.values())
            continue
        assert can_edit, f"No remedy can be followed: {said}"
        assert not is_edited, f"The edited file is refused: {said}"
        is_edited = True
    message = f"{file} is not read after {MOST_STEPS} steps with {typed}: {said}"
    raise AssertionError(message)
