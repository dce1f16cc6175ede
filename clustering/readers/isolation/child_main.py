"""
Read one file that nobody vouches for, in a process that can do nothing else.

Run as a script in a fresh interpreter by ``clustering.readers.isolation.parent``, in a folder of its own that holds
the file and takes the answer: ``answer.arrow``, columns of text and one of WKB, and ``answer.json``, written last. Of
this library it imports only ``clustering.readers.isolation.child``, and of the parsers only the one for the kind of
file in its request. A parser's messages may quote the file, so none of them leaves: an error is a code with counts and
names, any other failure an exit without an answer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    # An empty package replaces the library: importing the real one would load all that it needs, GDAL included.
    library = ModuleType("clustering")
    library.__path__ = [str(Path(__file__).resolve().parents[2])]
    sys.modules["clustering"] = library

    from clustering.readers.isolation.child.reading import read_request

    read_request()
