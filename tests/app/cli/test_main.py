"""The ``zones`` command as a process: what it loads, and what it leaves to the garbage collector."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAMPLE_FILES = {
    "--schools": "ccd_sch_029_2324_w_1a_sample.csv",
    "--flows": "promotions.csv",
    "--performance": "acgr_2223_sample.csv",
}


@pytest.mark.parametrize(
    ("written", "slow"),
    [
        ([], {"folium", "scipy"}),
        # The map is drawn with Folium. Few schools are compared with each other without a search tree.
        (["--out", "zones"], {"scipy"}),
    ],
)
def test_a_proposal_loads_no_library_that_only_other_work_needs(
    tmp_path: Path, written: list[str], slow: set[str]
) -> None:
    """Each of these takes a tenth of the time of the whole command, or more."""
    files = [part for option, name in SAMPLE_FILES.items() for part in (option, str(ROOT / "data" / "sample" / name))]
    script = "import sys; from app.cli.main import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script, "propose", *files, *written],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    loaded = set(done.stderr.split())
    assert {"clustering.zones.planner", "geopandas"} < loaded
    assert not {"alembic", "fastapi", "httpx2", "pyogrio", "sklearn", "sqlalchemy", "uvicorn", *slow} & loaded


def test_what_the_command_imports_is_kept_from_the_garbage_collector() -> None:
    script = (
        "import gc, sys; import app.cli.main as entry; assert gc.isenabled(); sys.argv[1:] = ['--version']\n"
        "try: entry.main()\nexcept SystemExit: print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "True True"
