"""The ``datapackage.json`` that stands beside a file, or is given in its place: how the file is to be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clustering.errors import InputError, Problem
from clustering.model.data_package import DATA_PACKAGE
from clustering.readers.file_options import FileOptions
from clustering.readers.text.printed_marks import is_suppressed_count, status_of_mark

NOTHING_SAID = FileOptions()
_MAXIMUM_BYTES = 10 * 1024**2
_TABLE_FORMATS = {"csv", "tsv", "txt", "xlsx", "xls", "ods", "geojson", "gpkg", "parquet", "fgb", "zip", "gz"}
_REMEDY = f"Correct {DATA_PACKAGE}, or give the file itself and its options."


def package_of(given: str | Path) -> Path | None:
    """Path of the data package that is given as a source, itself or by its folder; ``None`` for any other source."""
    path = Path(given)
    if path.name == DATA_PACKAGE:
        return path
    inside = path / DATA_PACKAGE
    try:
        return inside if path.is_dir() and inside.is_file() else None
    except OSError:  # the text is too long for a path
        return None


def file_of_package(package: Path, role: str) -> Path:
    """
    Choose the file of a data package that is read.

    Parameters
    ----------
    package
        Its ``datapackage.json``.
    role
        What the file is used as. Of several tables the one of this name is taken.

    Returns
    -------
    path
        A file below the folder of the package.

    Raises
    ------
    InputError
        The description cannot be read, a path in it leads elsewhere, or several tables could be meant.
    """
    tables = {name: path for name, path in _files_of(package).items() if path.suffix[1:].lower() in _TABLE_FORMATS}
    if len(tables) == 1:
        return next(iter(tables.values()))
    if role in tables:
        return tables[role]
    paths = [path.relative_to(package.parent).as_posix() for path in tables.values()]
    message = f"The data package has {len(paths)} tables, and none is called {role}."
    shown = f": {', '.join(paths)[:300]}" if paths else ""
    raise _fault(package.name, message, f"Give the file itself in place of its package{shown}.")


def options_beside(path: Path) -> tuple[FileOptions, tuple[Problem, ...]]:
    """
    Read what a data package beside a file says of it.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    options
        Delimiter, encoding, header row, sheet, decimal sign and marks of missing values, as far as they are given.
    problems
        Warnings: a description that cannot be read, and settings that are not followed.
    """
    package = path.parent / DATA_PACKAGE
    if path.name == DATA_PACKAGE or not package.is_file():
        return NOTHING_SAID, ()
    try:
        resource = next((each for each in _resources_of(package) if _is_path(each.get("path"), path.name)), None)
        return (NOTHING_SAID, ()) if resource is None else _options_of(resource, path.name)
    except InputError as error:
        problem = error.problems[0]
        message = f"{DATA_PACKAGE} beside the file is not used. {problem.message}"
        return FileOptions(), (Problem(table=path.name, message=message, remedy=_REMEDY, is_error=False),)


def _options_of(resource: Mapping[str, Any], name: str) -> tuple[FileOptions, tuple[Problem, ...]]:
    dialect = resource.get("dialect")
    found = dialect if isinstance(dialect, Mapping) else {}
    rows = found.get("headerRows")
    settings = {
        "encoding": resource.get("encoding"),
        "delimiter": found.get("delimiter"),
        "has_header": found.get("header"),
        "header_row": rows[-1] if isinstance(rows, list) and rows else None,
        "sheet": found.get("sheetName"),
        **_of_values(resource, found),
    }
    if settings["has_header"] is True:  # what is so without being said
        del settings["has_header"]
    options, problems = FileOptions(), []
    for option, value in settings.items():
        if value is None:
            continue
        try:
            options = options.with_changes(**{option: value})
        except InputError as error:
            problems.append(_ignored(name, option, value, error.problems[0].message))
    for sign, ours in (("quoteChar", '"'), ("commentChar", None)):
        if found.get(sign) not in (None, ours):
            problems.append(_ignored(name, sign, found[sign], "Files are not read with it."))
    return options, tuple(problems)


def _of_values(resource: Mapping[str, Any], dialect: Mapping[str, Any]) -> dict[str, str]:
    """Marks and the decimal sign that the schema names; marks that are known anyway keep their own meaning."""
    schema = resource.get("schema")
    whole = schema if isinstance(schema, Mapping) else {}
    listed = whole.get("fields")
    fields = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    signs = {sign for each in (dialect, *fields) if isinstance(sign := each.get("decimalChar"), str)}
    values = {} if len(signs) != 1 else {"decimal": {",": "comma", ".": "point"}.get(next(iter(signs)), "")}
    marks: dict[str, list[str]] = {"suppressed": [], "missing": []}
    for each in (whole, *fields):
        given = each.get("missingValues")
        for value in given if isinstance(given, list) else []:
            mark, label = (value.get("value"), value.get("label")) if isinstance(value, Mapping) else (value, "")
            if not isinstance(mark, str) or not mark.strip() or "," in mark:
                continue
            if status_of_mark(mark) is None and not is_suppressed_count(mark):
                marks["suppressed" if "suppress" in str(label).lower() else "missing"].append(mark)
    return {name: sign for name, sign in values.items() if sign} | {
        name: ",".join(dict.fromkeys(each)) for name, each in marks.items() if each
    }


def _ignored(name: str, setting: str, value: object, reason: str) -> Problem:
    message = f"{DATA_PACKAGE} beside the file sets {setting}, which is not followed. {reason}"
    shown = str(value)[:100]
    return Problem(table=name, column=setting, value=shown, message=message, remedy=_REMEDY, is_error=False)


def _files_of(package: Path) -> dict[str, Path]:
    """Names of resources to files below the folder; links out of it are refused like other ways out."""
    folder = package.parent.resolve()
    files = {}
    for number, resource in enumerate(_resources_of(package), start=1):
        given = resource.get("path")
        for part in given if isinstance(given, list) else [given]:
            if not isinstance(part, str) or _leads_elsewhere(part):
                message = f"The path of resource {number} is no path below the folder of the package."
                raise _fault(package.name, message, "Write it from the folder on, without .. and without an address.")
            path = package.parent / part
            if not path.resolve().is_relative_to(folder):
                message = f"The path of resource {number} leads out of the folder of the package."
                raise _fault(package.name, message, "Put the file itself into the folder.")
            files[str(resource.get("name", part))] = path
    return files


def _leads_elsewhere(path: str) -> bool:
    parts = path.split("/")
    return not path or path[0] in "/~" or "\\" in path or "\0" in path or ".." in parts or bool(re.match(r"\w+:", path))


def _is_path(given: object, name: str) -> bool:
    return given == name or (isinstance(given, list) and name in given)


def _resources_of(package: Path) -> list[Mapping[str, Any]]:
    try:
        with package.open("rb") as file:
            content = file.read(_MAXIMUM_BYTES + 1)
        document = json.loads(content.decode("utf-8-sig")) if len(content) <= _MAXIMUM_BYTES else None
    except (OSError, ValueError, RecursionError):
        raise _fault(package.name, "The data package cannot be read as JSON in UTF-8.", _REMEDY) from None
    resources = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(resources, list) or not all(isinstance(each, dict) for each in resources):
        raise _fault(package.name, "The data package has no list of resources.", _REMEDY)
    return resources


def _fault(name: str, message: str, remedy: str) -> InputError:
    return InputError([Problem(table=name, message=message, remedy=remedy)])
