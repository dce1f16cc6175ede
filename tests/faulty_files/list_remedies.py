"""
Which remedies of the code no file of the corpus calls forth: ``python -m tests.faulty_files.list_remedies``.

Both corpora are read once more, without pytest, while every problem that is made is noted. A remedy of the code is a
text that starts with a word of command. One that is listed is tested elsewhere, if at all; a file of the corpus for it
has its remedy followed by ``test_faulty_files`` or ``test_odd_files``.
"""

from __future__ import annotations

import ast
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from clustering import Problem

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("readers", "validation", "ingest", "flows")
COMMAND = re.compile(
    r"(Add|Check|Close|Complete|Confirm|Convert|Correct|Count|Decide|Delete|Download|Draw|Export|Fill|Format|Give|Keep"
    r"|Leave|Look|Name|Nothing needs|Open|Pack|Put|Quote|Read|Remove|Rename|Run|Save|Set|Shorten|Split|Take|Unpack|Use"
    r"|Wrap|Write)\b.* "
)


@dataclass(frozen=True)
class Remedy:
    """A remedy in the code: its place, its text, and a pattern of what is made of it."""

    place: str
    text: str
    pattern: re.Pattern[str]


def remedies_in_code() -> Iterator[Remedy]:
    """Texts of the reading of files that start with a word of command."""
    for folder in FOLDERS:
        for path in sorted((ROOT / "clustering" / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            for node, pieces in _texts(ast.parse(path.read_text(encoding="utf-8"))):
                text = "".join(piece or "{}" for piece in pieces)
                if COMMAND.match(text):
                    pattern = "".join(".*?" if piece is None else re.escape(piece) for piece in pieces)
                    yield Remedy(f"{place}:{node.lineno}", text, re.compile(pattern, re.DOTALL))


def _texts(tree: ast.AST) -> Iterator[tuple[ast.expr, list[str | None]]]:
    """Texts outside docstrings, in pieces; ``None`` where something is put in."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        if isinstance(node, ast.JoinedStr):
            yield node, [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, [node.value]


def remedies_seen(read_all: Iterable[object]) -> set[str]:
    """Remedies of all problems that are made while the files are read, before the files' names are put in."""
    seen: set[str] = set()
    made = Problem.__post_init__

    def noted(problem: Problem) -> None:
        seen.add(problem.remedy)
        made(problem)

    with patch.object(Problem, "__post_init__", noted):
        for _ in read_all:
            pass
    return seen


def _read_all() -> Iterator[object]:
    """Read every file of both corpora."""
    from tests.clustering.validation import test_faulty_files, test_odd_files  # noqa: PLC0415 - they read the corpora

    def folder() -> Path:
        return Path(tempfile.mkdtemp(dir=scratch))

    with tempfile.TemporaryDirectory() as scratch:
        for role in sorted({bad.role for bad in test_faulty_files.CORPUS}):
            if role in test_faulty_files.READ_ALONE:
                yield [
                    test_faulty_files.refusal_of(folder(), bad) for bad in test_faulty_files.CORPUS if bad.role == role
                ]
            else:
                yield test_faulty_files.errors_by_file(role, folder)
        for odd in test_odd_files.CORPUS:
            yield test_odd_files.test_an_odd_file_is_read_rightly_once_its_remedy_is_followed(odd, folder(), {})


def main() -> None:
    """List the remedies that no file calls forth, and count all."""
    seen = remedies_seen(_read_all())
    remedies = list(remedies_in_code())
    unseen = [each for each in remedies if not any(each.pattern.search(text) for text in seen)]
    for each in unseen:
        sys.stdout.write(f"{each.place}: {each.text[:120]}\n")
    sys.stdout.write(f"{len(remedies) - len(unseen)} of {len(remedies)} remedies are called forth by the corpus.\n")


if __name__ == "__main__":
    main()
