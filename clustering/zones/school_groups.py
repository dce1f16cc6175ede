"""Groups of schools as parameters write them: ids joined by ``+``."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from networkx.utils import UnionFind
from pydantic_core import PydanticCustomError

from clustering.model.parameter_types import plain_value
from clustering.model.validation_errors import fault


def joined(groups: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of ids written with ``+``, those that have an id in common made one; sorted, and sorted within."""
    sets: UnionFind = UnionFind()
    for group in groups:
        sets.union(*split_group(group))
    return tuple(sorted(tuple(sorted(found)) for found in sets.to_sets()))


def split_group(group: str) -> tuple[str, ...]:
    """Ids of a group written with ``+``, those in double quotes as they are; ValueError if a quote does not close."""
    try:
        (parts,) = csv.reader([group], delimiter="+", skipinitialspace=True, strict=True)
    except csv.Error:
        raise ValueError('an id in double quotes ends with a quote, before the next +: "a+b"+c') from None
    return tuple(part.strip() for part in parts if part.strip())


def join_group(school_ids: Iterable[str]) -> str:
    """Write a group with ``+``, ids in double quotes where :func:`split_group` would otherwise part or change them."""
    return "+".join(
        '"{}"'.format(each.replace('"', '""')) if set(each) & {"+", ",", '"'} else each for each in school_ids
    )


def group_text(group: object) -> object:
    """Write a group given as a list as text; its ids are texts."""
    group = plain_value(group)
    if not isinstance(group, list):
        return group
    if not all(isinstance(each, str) for each in group):
        raise _no_group("an id is a text in quotes, with its leading zeros")
    return join_group(each.strip() for each in group)


def whole_group(group: str) -> str:
    """A group of two or more schools, or the error that says what keeps a text from being one."""
    try:
        school_ids = split_group(group)
    except ValueError as error:
        raise _no_group(str(error)) from None
    if len(set(school_ids)) < 2:
        raise _no_group('an id that has a + stands in double quotes, "a+b"+c')
    return group


def _no_group(reason: str) -> PydanticCustomError:
    remedy = "Write two or more school ids with + between them, or give a list of them for each group"
    return fault("This is no group of schools.", f"{remedy}; {reason}.")
