"""A Register as bytes and back, for storing it; nothing is unpickled."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from clustering.capacity.register.plain_tables import plain_partners, plain_rows, text_of
from clustering.capacity.register.register import Register
from clustering.capacity.register.register_tables import type_capacities, type_partners, type_preferences
from clustering.errors import InputError, Problem
from clustering.model.ingest_report import parse_source_file

FORMAT = "feeder-zones register 1"


def register_to_bytes(register: Register) -> bytes:
    """
    Pack a Register.

    Parameters
    ----------
    register
        Any.

    Returns
    -------
    data
        JSON in UTF-8; the same bytes for equal registers, whatever the order of their rows.
    """
    document = {
        "format": FORMAT,
        "content_sha256": register.content_sha256,
        "partners": plain_partners(register.partners),
        "capacities": plain_rows(register.capacities),
        "preferences": plain_rows(register.preferences),
        "files": [asdict(file) for file in register.files],
        "warnings": [asdict(problem) for problem in register.warnings],
        "out_of_reach": list(register.out_of_reach),
    }
    return text_of(document).encode()


def register_from_bytes(data: bytes) -> Register:
    """
    Unpack a Register.

    Parameters
    ----------
    data
        What :func:`register_to_bytes` packed.

    Returns
    -------
    register
        Equal to the one packed.

    Raises
    ------
    InputError
        The bytes are something else, or damaged.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise _damaged("The stored register cannot be opened.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _damaged("The stored register is of another format.")
    try:
        register = _register_from(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged("The stored register is damaged.") from None
    if register.content_sha256 != document.get("content_sha256"):
        raise _damaged("The stored register does not have the hash it was stored with.")
    return register


def _register_from(document: dict[str, Any]) -> Register:
    return Register(
        partners=type_partners(document["partners"]),
        capacities=type_capacities(document["capacities"]),
        preferences=type_preferences(document["preferences"]),
        files=tuple(map(parse_source_file, document["files"])),
        warnings=tuple(Problem(**problem) for problem in document["warnings"]),
        out_of_reach=tuple(map(str, document.get("out_of_reach", ()))),  # registers stored before have none
    )


def _damaged(message: str) -> InputError:
    return InputError([Problem(table="stored register", message=message, remedy="Upload the register again.")])
