"""Hashes: a guess at a few small counts is tested by hashing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import product

_HASH = re.compile(rb"(?<![0-9a-fA-F])[0-9a-fA-F]{32,128}(?![0-9a-fA-F])")


def hashes_in(outputs: Iterable[bytes]) -> set[str]:
    """Everything in outputs that looks like a hash: 32 hexadecimal digits and more."""
    return {found.decode().lower() for output in outputs for found in _HASH.findall(output)}


def guess(
    hashes: set[str], digests: Callable[[tuple[int, ...]], Iterable[str]], *, unknown: int, values: range = range(1, 10)
) -> list[tuple[int, ...]]:
    """
    Try every combination of a few unknown counts.

    Parameters
    ----------
    hashes
        What was seen.
    digests
        Hashes of everything that may have been hashed, with the guessed counts in it.
    unknown
        How many counts.
    values
        Of each.

    Returns
    -------
    hits
        Guesses of which a hash was seen. If that is nearly every guess, the hash does not depend on the counts and
        says nothing.
    """
    return [counts for counts in product(values, repeat=unknown) if hashes & set(digests(counts))]
