"""One place to add an analysis: what is registered once is found over HTTP, on pages and as a command."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.commands import make_cli
from app.main import create_app
from app.queries.proposal_analyses import ANALYSES
from app.settings import Settings
from tests.examples.fake_analysis import SIZES
from tests.examples.service_requests import ask_for_zones, compute, open_answer, toy_uploads

REGISTRY = (*ANALYSES, SIZES)
RULE = "official:designation=CSI"
# The best Zones of the toy district, worked out in its docstring: West has seven schools, East the other four.
CSV = b"zone_id,schools\nzone-0010,7\nzone-0011,4\n"


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    application = create_app(Settings(data_directory=tmp_path_factory.mktemp("extended")), analyses=REGISTRY)
    with TestClient(application, base_url="http://127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
def proposal(extended: TestClient) -> str:
    dataset = extended.post("/datasets", files=toy_uploads()).json()["id"]
    return str(ask_for_zones(extended, dataset, identification=RULE)["id"])


def test_it_is_found_over_http(extended: TestClient, proposal: str) -> None:
    address = extended.get(f"/proposals/{proposal}").json()["links"]["schools-per-zone"]
    answer = compute(extended, address)
    assert answer.json()["rows"] == [{"zone_id": "zone-0010", "schools": 7}, {"zone_id": "zone-0011", "schools": 4}]
    assert answer.json()["parameters"]["identification"] == RULE
    assert compute(extended, address, params={"f": "csv"}).content == CSV
    assert len(compute(extended, address, params={"at_least": 6}).json()["rows"]) == 1
    assert compute(extended, address, params={"at_least": 51}).status_code == 422
    assert (
        compute(extended, address, params={"at_last": 6})
        .json()["problems"][0]["remedy"]
        .startswith("Did you mean at_le")
    )
    documented = extended.get("/openapi.json").json()["paths"]["/proposals/{proposal_id}/schools-per-zone"]["get"]
    assert documented["summary"] == "Zones by their size, as JSON or CSV"
    assert "Smallest Zone to count." in json.dumps(documented["parameters"])


def test_it_is_found_on_the_pages(extended: TestClient, proposal: str) -> None:
    own = f"/browse/proposals/{proposal}"
    assert f'href="{own}/schools-per-zone">How large each Zone is</a>' in extended.get(own).text
    before = extended.get(f"{own}/schools-per-zone?at_least=5").text
    assert "This was not computed yet" in before
    page = html.unescape(open_answer(extended, f"{own}/schools-per-zone", at_least=6).text)
    for words in ("The number of schools in each Zone.", "Schools in it", "West High", 'max="50" step="1" value="6"'):
        assert words in page
    assert "East High" not in page


def test_it_is_found_as_a_command(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    run = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    cli = make_cli(REGISTRY)
    schools, flows = map(str, toy_files)
    out = tmp_path / "out"
    files = ["--schools", schools, "--flows", flows, "--set", f"identification={RULE}", "--out", str(out)]
    done = run.invoke(cli, ["schools-per-zone", *files])
    assert done.exit_code == 0, done.stderr
    assert "How large each Zone is" in done.stdout
    assert "Schools in it" in done.stdout
    assert (out / "schools-per-zone.csv").read_bytes() == CSV
    assert json.loads((out / "schools-per-zone.json").read_text(encoding="utf-8"))["provenance"]
    assert run.invoke(cli, ["schools-per-zone", *files, "--at-least", "51"]).exit_code == 2
    assert "Smallest Zone to count." in run.invoke(cli, ["schools-per-zone", "--help"]).stdout


def test_names_are_given_once() -> None:
    names = [each.name for each in ANALYSES]
    assert len(names) == len(set(names))
