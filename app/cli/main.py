"""
Entry of the ``zones`` command.

Python's garbage collector would go through all that is imported again and again, and once more at the end: a third of
the time that a small state takes. What is imported stays, so it is taken out of the collector's sight.
"""

from __future__ import annotations

import gc
import io
import sys

gc.disable()
try:
    from app.cli.commands import make_cli
finally:
    gc.enable()


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show is no reason to stop
            stream.reconfigure(errors="replace")
    gc.freeze()
    try:
        make_cli(only=next(iter(sys.argv[1:]), None))()
    finally:
        gc.freeze()  # the process ends, and its memory with it


if __name__ == "__main__":
    main()
