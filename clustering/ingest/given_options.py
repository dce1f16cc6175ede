"""The user's options of files: as they are given, checked against the files, and joined for one file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clustering.errors import NAMED_OPTIONS, Problem
from clustering.model.arguments import of_type
from clustering.readers.file_options import FileOptions, Options, options_for, parse_file_options
from clustering.readers.raw_table import NamedFile, NamedSource, name_of


def merge_options(options: Options | Iterable[str] | None, encoding: str | None) -> Options:
    """Options by file name, from a mapping or from texts; ``encoding`` applies where a file has none of its own."""
    if isinstance(options, Mapping):
        merged = {name: _as_options(given) for name, given in options.items()}
    else:
        merged = parse_file_options(options or ())
    if encoding is not None:
        of_all_files = merged.get("*", FileOptions())
        merged["*"] = of_all_files.with_changes(encoding=of_all_files.encoding or encoding)
    return merged


def _as_options(given: FileOptions | Mapping[str, Any]) -> FileOptions:
    if isinstance(given, Mapping):
        return FileOptions(**_with_mappings(given))
    return of_type("options", given, FileOptions, "FileOptions, or a dictionary of options, for each file")


def _with_mappings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options with ``columns.NAME`` and ``rows.NAME``, as messages write them, put into ``columns``, ``rows``."""
    plain = {name: value for name, value in given.items() if not _is_of_mapping(name)}
    for name in filter(_is_of_mapping, given):
        option, _, key = name.partition(".")
        others = plain.get(option) or {}
        if isinstance(others, Mapping):
            plain[option] = {**others, key: given[name]}
    return plain


def _is_of_mapping(name: object) -> bool:
    option, _, key = name.partition(".") if isinstance(name, str) else ("", "", "")
    return option in NAMED_OPTIONS and bool(key)


def check_option_names(options: Options, sources: Iterable[NamedSource], problems: list[Problem]) -> None:
    """Note options of a file that is not there; a pattern may match no file."""
    names = sorted({name_of(source) for source in sources})
    for name in options:
        # A file in an archive is called by both names: archive.zip/member.csv.
        is_there = name in names or any(name.startswith(f"{each}/") for each in names)
        if not is_there and not set(name) & set("*?["):
            message = f"There is an option for {name[:200]}, but no such file. The files are: {', '.join(names[:30])}."
            remedy = "Write the name of the file without its folder, or no name for an option of all files."
            problems.append(Problem(table="options", value=name[:200], message=message, remedy=remedy))


def options_of(source: NamedSource, options: Options) -> FileOptions:
    """Join the options that hold for one source; an encoding that is known for certain goes before the user's."""
    found = options_for(name_of(source), options)
    known = source.encoding if isinstance(source, NamedFile) else None
    return found if known is None else found.with_changes(encoding=known)
