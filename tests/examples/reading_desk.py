"""Files written and read, and the account of their records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clustering import IngestReport, Scenario, read_scenario
from clustering.readers.raw_table import NamedFile
from tests.examples.toy_district import toy_schools


class Desk:
    """Writes files and has them read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, data: bytes) -> NamedFile:
        path = self.folder / f"upload {len(list(self.folder.iterdir()))}"
        path.write_bytes(data)
        return NamedFile(path, name)

    def read(
        self, *, flows: bytes | list[NamedFile] | None = None, options: tuple[str, ...] = (), **more: Any
    ) -> Scenario:
        files: dict[str, Any] = {"schools": [toy_schools()]}
        if flows is not None:
            files["flows"] = [self.file("f", flows)] if isinstance(flows, bytes) else flows
        return read_scenario(**(files | more), options=options)


def account(report: IngestReport, name: str) -> tuple[int, int, dict[str, int]]:
    """Records read and used of a file, and the others by reason; every account must come out even."""
    for file in report.files:
        assert file.rows_read == file.rows_used + file.rows_set_aside
        assert file.rows_set_aside == sum(file.set_aside_reasons.values())
        assert min(file.rows_used, *file.set_aside_reasons.values(), 0) == 0
    (file,) = [file for file in report.files if file.name == name]
    return file.rows_read, file.rows_used, dict(file.set_aside_reasons)
