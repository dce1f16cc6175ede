"""Python's garbage collector, paused while many objects are made and none is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_garbage_collection() -> Iterator[None]:
    """
    Pause garbage collection.

    A table of schools holds one point object for each school. The collector would go through all of them again and
    again while tables are made of them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
