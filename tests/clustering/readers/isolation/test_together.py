"""Files that one child reads: each has its own table or its own error, as if it were read alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clustering.errors import InputError
from clustering.readers.isolation import parent
from clustering.readers.isolation.container_table import ContainerTable, ReadingLimits
from clustering.readers.isolation.parent import ContainerFile
from clustering.readers.isolation.together import read_containers
from clustering.readers.isolation.warm_children import WarmChildren
from tests.examples.container_files import texts, written


def records(folder: Path, *contents: str) -> list[ContainerFile]:
    return [
        ContainerFile(path=written(folder, f"{number}.json", content.encode()), name=f"file {number}", container="json")
        for number, content in enumerate(contents)
    ]


def told(outcomes: list[ContainerTable | InputError]) -> list[list[str] | str]:
    """The identifiers of each table, or which file its error names and how it begins."""
    return [
        f"{outcome.problems[0].table}: {outcome.problems[0].message}"[:26]
        if isinstance(outcome, InputError)
        else texts(outcome)["id"]
        for outcome in outcomes
    ]


def test_sound_files_take_one_child(tmp_path: Path, warm_children: WarmChildren) -> None:
    before = warm_children.forks
    files = records(tmp_path, '[{"id": "1"}]', '[{"id": "2"}, {"id": "3"}]', '[{"id": "04"}]')
    assert told(read_containers(files)) == [["1"], ["2", "3"], ["04"]]
    assert warm_children.forks == before + 1


def test_files_of_several_kinds_come_in_their_order(
    tmp_path: Path, valid: dict[str, Path], warm_children: WarmChildren
) -> None:
    del warm_children
    one, two = records(tmp_path, '[{"id": "1"}]', '[{"id": "2"}]')
    parquet = ContainerFile(path=valid["parquet"], name="parquet", container="parquet")
    outcomes = read_containers([one, parquet, two, parquet])
    assert [next(iter(texts(each).values())) for each in outcomes if isinstance(each, ContainerTable)] == [
        ["1"],
        ["0012", "NA"],
        ["2"],
        ["0012", "NA"],
    ]


def test_a_bad_file_is_told_of_alone(tmp_path: Path, warm_children: WarmChildren) -> None:
    before = warm_children.forks
    deep = "[" * 70 + "]" * 70
    files = records(tmp_path, '[{"id": "1"}]', '[{"id": ', deep, '[{"id": "4"}]', '[{"id": "5"}]')
    assert told(read_containers(files)) == [
        ["1"],
        "file 1: The file cannot be",
        "file 2: The file has 70 le",
        ["4"],
        ["5"],
    ]
    assert warm_children.forks == before + 3  # together, the damaged file alone, and the others together


def test_files_that_all_end_their_child_are_not_tried_together_for_ever(
    tmp_path: Path, warm_children: WarmChildren
) -> None:
    before = warm_children.forks
    outcomes = read_containers(records(tmp_path, *['[{"id": '] * 12))
    assert [outcome.problems[0].table for outcome in outcomes if isinstance(outcome, InputError)] == [
        f"file {number}" for number in range(12)
    ]
    assert warm_children.forks == before + 12 + 5


@pytest.mark.parametrize("fault", ["time.sleep(60)", "os.kill(os.getpid(), 9)", "bytearray(1 << 40)"])
def test_a_file_that_stops_the_child_of_all_is_read_by_its_own(
    fault: str, tmp_path: Path, warm_children: WarmChildren, monkeypatch: pytest.MonkeyPatch
) -> None:
    del warm_children
    # A real child, but for the fault when it has several files, at the second of them.
    script = Path(vars(parent)["_SCRIPT"]).read_text()
    faulty = f"""
    import os, time
    from clustering.readers.isolation.child import reading
    change = os.chdir
    def at(folder):
        if os.path.basename(folder) == "1": {fault}
        change(folder)
    reading.os.chdir = at
    read_request()
"""
    written(
        tmp_path,
        "child.py",
        script.replace("\n    read_request()\n", faulty)
        .replace("Path(__file__).resolve().parents[2]", f"Path({str(Path(parent.__file__).parents[2])!r})")
        .encode(),
    )
    monkeypatch.setattr(parent, "_SCRIPT", tmp_path / "child.py")
    files = records(tmp_path, '[{"id": "1"}]', '[{"id": "2"}]', '[{"id": "3"}]')
    assert told(read_containers(files, limits=ReadingLimits(time_limit_s=1))) == [["1"], ["2"], ["3"]]


def test_a_folder_that_a_child_has_exchanged_is_not_looked_into(
    tmp_path: Path, warm_children: WarmChildren, monkeypatch: pytest.MonkeyPatch
) -> None:
    del warm_children
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    written(foreign, "answer.json", json.dumps({"error_code": "sheet open", "facts": {"names": ["SECRET"]}}).encode())
    script = f"import os, shutil; shutil.rmtree('0'); os.symlink({str(foreign)!r}, '0')"
    monkeypatch.setattr(parent, "_SCRIPT", written(tmp_path, "exchanges.py", script.encode()))
    outcomes = read_containers(records(tmp_path, "[]", "[]"))
    assert told(outcomes) == ["file 0: The file cannot be", "file 1: The file cannot be"]
