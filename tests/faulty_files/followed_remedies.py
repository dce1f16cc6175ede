"""Remedies followed to the letter: the options that a message names, typed as it writes them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from clustering import InputError, Problem, Scenario
from clustering.readers.file_options import FileOptions

MOST_STEPS = 3
_NAME = "|".join(FileOptions.model_fields)
_TO_FILL_IN = re.compile(r"\b(HEADING|NUMBER|NAME|ENTRY|MARK|COLUMN|DISTRICT)\b")
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
    found = list(_options_in(remedy, file))
    first = found[:1]
    for before, after in itertools.pairwise(found):
        if remedy[before.end() : after.start()] not in (" and ", ", "):
            break
        first.append(after)
    return [each.group() for each in first]


def _options_in(remedy: str, file: str) -> Iterator[re.Match[str]]:
    shown = "|".join(re.escape(each) for each in {file, file.replace("=", "?"), "*"})
    return re.finditer(rf"(?<!eave )(?<!\()(?:{shown}):(?:{_NAME})(?:\.[^=]+?)?=.+?{_END}", remedy)


def options_to_type(remedy: str, file: str, by_hand: Mapping[str, str]) -> list[str]:
    """
    Options of a remedy with the words that a reader fills in.

    Parameters
    ----------
    remedy, file
        As for :func:`typed_options`.
    by_hand
        A part of an option, such as ``=HEADING``, to what is put there.

    Returns
    -------
    options
        Those of the first choice; if they leave a word open, those of any choice that the reader fills in.
    """

    def filled(option: str) -> str:
        for part, put in by_hand.items():
            option = option.replace(part, put)
        return option

    first = [filled(option) for option in typed_options(remedy, file)]
    others = [filled(found.group()) for found in _options_in(remedy, file) if filled(found.group()) != found.group()]
    return [option for option in first if not is_to_be_filled_in(option)] or [
        option for option in others if not is_to_be_filled_in(option)
    ]


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
    refusal: Sequence[Problem] = (),
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
    refusal
        The errors of the first reading, if they are known.

    Returns
    -------
    scenario, problems
        What is read at last; the errors of the first reading.
    """
    typed, is_edited, first, said = list(options), False, list[Problem](), ""
    problems = [problem for problem in refusal if problem.is_error]
    for _ in range(MOST_STEPS + 1):
        if first or not problems:
            try:
                return read(is_edited, typed), first
            except InputError as error:
                problems, said = [problem for problem in error.problems if problem.is_error], str(error)
        first = first or problems
        more = [option for problem in problems for option in options_to_type(problem.remedy, file, by_hand)]
        new = {option.partition("=")[0]: option for option in reversed(more)}
        if new and not set(new.values()) <= set(typed):
            typed = [option for option in typed if option.partition("=")[0] not in new] + list(new.values())
            continue
        assert can_edit, f"No remedy can be followed: {said}"
        assert not is_edited, f"The edited file is refused: {said}"
        is_edited = True
    message = f"{file} is not read after {MOST_STEPS} steps with {typed}: {said}"
    raise AssertionError(message)
