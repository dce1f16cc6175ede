"""What a faulty file is, and which problem it must cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.examples.sound_files import NamedBytes

HEADER = 1


@dataclass(frozen=True, kw_only=True)
class BadFile:
    """
    One faulty file among sound ones.

    Parameters
    ----------
    role, name, data
        The parameter that takes it, its name, its bytes.
    words
        Part of the message that must come.
    row, column, value
        Where the problem must point; ``None`` where the fault is in no single row, column or cell.
    others
        How many more problems the one fault causes; each is an error of this file too.
    options
        The file options of the user.
    sound_files
        Further files of the same role, without faults.
    by_hand
        A part of an option of the remedy, such as ``layer=NAME``, to what a reader puts there.
    mended
        The file as someone leaves it who does what the remedy says.
    added
        Files of the same role that are then there, in place of ``sound_files``.
    later_options
        The options that the user then gives, where the remedy is about one that was given.
    """

    role: str
    name: str
    data: bytes
    words: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    others: int = 0
    options: tuple[str, ...] = ()
    sound_files: tuple[NamedBytes, ...] = ()
    by_hand: Mapping[str, str] = field(default_factory=dict)
    mended: bytes | None = None
    added: tuple[NamedBytes, ...] = ()
    later_options: tuple[str, ...] | None = None
