"""
The register of states and districts: which columns and records their published files mean.

One TOML file a source in ``register/``. A layout is nothing but the options that a user would write for such a file,
the headings that tell it, and where these were seen. **To add a source, add a file there** (docs/files.md).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from clustering.model.spelling import british
from clustering.readers.file_options import FileOptions
from clustering.readers.text.year_words import find_year

REGISTER = Path(__file__).with_name("register")
ROLES = ("schools", "flows", "performance", "catchments")  # roles of files that states and districts publish
ABOUT = ("role", "title", "seen", "needs", "example")  # what a layout has besides options
_LINKS = re.compile(r"_(for|in|of|as_of|the)$")


@dataclass(frozen=True, kw_only=True)
class PublishedLayout:
    """
    A file of a state or a district, as it is published.

    Parameters
    ----------
    name
        Source and title; also the entry of the option ``kind`` that asks for it.
    role
        What such a file is used as, a key of ``aliases.ALIASES``.
    seen
        Where the headings were seen, and when.
    needs
        Headings that tell it, as published; :func:`year_free_key` compares them.
    options
        What a user would say of the file. Headings in ``columns`` and ``rows`` are as published.
    example
        How the source writes what is read: cells by column (``written``), other entries of the columns in ``rows``
        (``others``), and headings of which nothing is read (``more``).
    """

    name: str
    role: str
    seen: str
    needs: tuple[str, ...]
    options: FileOptions
    example: Mapping[str, Any]

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """The headings that tell it, by :func:`year_free_key`."""
        return {year_free_key(heading): heading for heading in self.needs}


@cache
def published_layouts() -> tuple[PublishedLayout, ...]:
    """
    Read the register, once.

    Returns
    -------
    layouts
        Sorted by the name of their source's file, then in its order.

    Raises
    ------
    InputError
        An option in the register does not exist, or has no such value.
    """
    documents = (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(REGISTER.glob("*.toml")))
    return tuple(_layout(document["source"], layout) for document in documents for layout in document["layouts"])


def _layout(source: str, document: Mapping[str, Any]) -> PublishedLayout:
    options = {name: value for name, value in document.items() if name not in ABOUT}
    return PublishedLayout(
        name=f"{source}: {document['title']}",
        role=document["role"],
        seen=document["seen"],
        needs=tuple(document["needs"]),
        options=FileOptions(**options),
        example=document["example"],
    )


@cache
def layouts_by_name() -> Mapping[str, PublishedLayout]:
    """The layouts by their names."""
    return {layout.name: layout for layout in published_layouts()}


def year_free_key(heading: str) -> str:
    """A heading in lower case and British spelling, without its school year, and with every other sign as ``_``."""
    plain = re.sub(r"[\s_.]+", " ", british(heading))
    found = find_year(plain) if any(sign.isdigit() for sign in plain) else None
    key = re.sub(r"[^a-z0-9]+", "_", (plain if found is None else found.rest).lower()).strip("_")
    return key if found is None else _LINKS.sub("", key)
