"""
Reads one file that nobody vouches for, in a process that can do little else.

Run as a script in a fresh interpreter by ``clustering.readers.isolation.parent``, in a folder of its own that holds
the file and takes the answer: ``answer.arrow``, columns of text and one of WKB, and ``answer.json``, written last. Of
this library it imports ``clustering.readers.isolation.child`` alone, and of the parsers only that of the kind of file
it was told. A parser's own words may quote the file, so none of them leaves: a refusal is a code with counts and
names, any other failure an exit without an answer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    # A hollow package stands for the library: importing the real one would load all that it needs, GDAL included.
    library = ModuleType("clustering")
    library.__path__ = [str(Path(__file__).resolve().parents[2])]
    sys.modules["clustering"] = library

    from clustering.readers.isolation.child.reading import read_request

    read_request()
