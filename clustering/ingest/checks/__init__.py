"""
Files looked at one by one: what each is, what it holds, what is missing to propose.

- ``check_files``: the whole of it. Start here.
- ``first_look``: in which role a file can be used.
- ``contents``: what a file of each role holds.
- ``together``: identifiers that match, what is missing, and the command that would run.
- ``documents``: the answer as plain values.
"""

from clustering.ingest.checks.check_files import check_files
from clustering.ingest.checks.documents import check_document

__all__ = ["check_document", "check_files"]
