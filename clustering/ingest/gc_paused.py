"""Python's garbage collector kept waiting while many objects are made, none of which is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_waits() -> Iterator[None]:
    """
    Put garbage collection off.

    A table of schools has a point for each, an object of its own; the collector would look through all of them again
    and again while tables are made of them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
