"""The library, the service and the command line give identical numbers: the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.commands import cli
from app.main import create_app
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.settings import Settings
from clustering import (
    Proposal,
    Scenario,
    compare_proposals,
    compare_rules,
    decisions_table,
    draw_map,
    evaluate_plan,
    identification_document,
    identify_schools,
    json_bytes,
    links_table,
    match_zones,
    measure_zone_needs,
    members_table,
    parse_parameters,
    plan_years,
    proposal_document,
    propose_zones,
    read_plan,
    read_register,
    read_scenario,
    render_comparison,
    render_match,
    render_proposal,
    render_year_plan,
    rule_comparison_document,
    rule_comparison_table,
    schools_geojson,
    schools_table,
    split_settings,
    table_bytes,
    zones_geojson,
)
from tests.examples.service_requests import compute

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "dc_2011"
STATES = {
    "generated": {
        "schools": ["ccd_sch_029_2324_w_1a_sample.csv", "EDGE_GEOCODE_PUBLICSCH_2324_sample.TXT"],
        "flows": ["promotions.csv"],
        "performance": ["acgr_2223_sample.csv", "identified_schools.csv"],
    },
    "district of columbia": {"schools": ["schools.csv"], "flows": ["promotions.csv"], "performance": []},
}
REQUESTS = {
    "generated": ["maximum_schools=8", "include_possible=true", "count_exits=true"],
    "district of columbia": ["identification=official:esea_class=Priority"],
}


@dataclass(frozen=True, kw_only=True)
class State:
    """
    A state that every test asks about.

    Parameters
    ----------
    name
        One of ``STATES``.
    files
        By role.
    scenario, proposal
        By the library.
    client
        Of a running service.
    dataset_id
        Of the files there.
    answer
        Of the service to the same request.
    """

    name: str
    files: dict[str, list[Path]]
    scenario: Scenario
    proposal: Proposal
    client: TestClient
    dataset_id: str
    answer: dict[str, Any]

    @property
    def options(self) -> list[str]:
        """The files as options of a command."""
        return [part for role, paths in self.files.items() for path in paths for part in (f"--{role}", str(path))]

    @property
    def uploads(self) -> list[tuple[str, tuple[str, bytes]]]:
        """The files as uploads."""
        return uploads_of(self.files)


def uploads_of(files: dict[str, list[Path]]) -> list[tuple[str, tuple[str, bytes]]]:
    return [(role, (path.name, path.read_bytes())) for role, paths in files.items() for path in paths]


@pytest.fixture(scope="module", params=STATES)
def state(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """Read, uploaded and proposed for once; no test changes it."""
    folder = SAMPLE if request.param == "generated" else SHARED
    if not folder.is_dir():
        pytest.skip(f"the real data is not on this machine (looked for {folder})")
    files = {role: [folder / name for name in names] for role, names in STATES[request.param].items()}
    settings = REQUESTS[request.param]
    scenario = read_scenario(**files)
    service = create_app(Settings(data_directory=tmp_path_factory.mktemp("service")))
    with TestClient(service, base_url="http://127.0.0.1") as client:
        dataset = client.post("/datasets", files=uploads_of(files), data={"name": "State"}).json()
        wanted = {"dataset_id": dataset["id"], "parameters": dict(setting.split("=", 1) for setting in settings)}
        answer = client.post("/proposals", json=wanted, headers={"Prefer": "wait=60"})
        assert answer.status_code == 200, answer.text
        yield State(
            name=request.param,
            files=files,
            scenario=scenario,
            proposal=propose_zones(scenario, parse_parameters(settings)),
            client=client,
            dataset_id=dataset["id"],
            answer=answer.json(),
        )


def written_files(folder: Path) -> dict[str, bytes]:
    """Name to content of the files of a folder; the package beside them describes each, and nothing else."""
    files = {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    package = json.loads(files.pop("datapackage.json"))
    hashes = {each["path"]: each["hash"] for each in package["resources"]}
    assert hashes == {name: f"sha256:{hashlib.sha256(content).hexdigest()}" for name, content in files.items()}
    return files


def test_library_service_and_command_line_give_identical_numbers(state: State, tmp_path: Path) -> None:
    settings, proposal = REQUESTS[state.name], state.proposal
    assert len(proposal.zones) >= 3
    by_library = {
        "proposal.json": json_bytes(proposal_document(proposal)),
        "zones.geojson": json_bytes(zones_geojson(proposal)),
        "schools.geojson": json_bytes(schools_geojson(proposal)),
        "schools.csv": table_bytes(schools_table(proposal)),
        "members.csv": table_bytes(members_table(proposal)),
        "links.csv": table_bytes(links_table(proposal)),
        "map.html": draw_map(proposal).encode(),
    }

    chosen = [part for setting in settings for part in ("--set", setting)]
    done = CliRunner().invoke(cli, ["propose", *state.options, *chosen, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.stderr
    by_command = written_files(tmp_path / "out")
    assert by_command == by_library

    by_service, one_shot = _by_service(state)
    assert one_shot == by_library["zones.geojson"]
    assert json.loads(by_service.pop("proposal.json")) == json.loads(by_library["proposal.json"])
    # The service heads its map with the dataset's name.
    title = "Proposed Zones: State"
    assert by_service.pop("map.html") == draw_map(proposal, title=title).encode()
    assert by_service == {name: by_library[name] for name in by_service}
    assert len(by_service) == 5

    # And the numbers a notebook prints are those that the documents hold.
    document = json.loads(by_library["proposal.json"])
    for zone, told in zip(proposal.zones, document["zones"], strict=True):
        metrics = zone.metrics
        assert (metrics.coverage, metrics.retention, metrics.leakage, metrics.score) == tuple(
            told["metrics"][name] for name in ("coverage", "retention", "leakage", "score")
        )
    assert proposal.solution.score == document["solution"]["score"]


def _by_service(state: State) -> tuple[dict[str, bytes], bytes]:
    client, links = state.client, state.answer["links"]
    parts = {
        "zones.geojson": client.get(links["zones"]).content,
        "schools.geojson": client.get(links["schools"]).content,
        "schools.csv": client.get(links["schools"], params={"f": "csv"}).content,
        "members.csv": client.get(links["members"]).content,
        "links.csv": client.get(links["links"]).content,
        "map.html": client.get(links["map"]).content,
    }
    one_shot = client.post("/zones", files=state.uploads, data={"set": REQUESTS[state.name]}).content
    return {**parts, "proposal.json": json.dumps(state.answer["proposal"]).encode()}, one_shot


RULES = {
    "generated": ("graduation_rate<0.67", "official:DESIGNATION=CSI-GR|CSI-LP"),
    "district of columbia": ("official:esea_class=Priority", "official:esea_class=Priority|Focus"),
}


def test_identification_is_the_same_everywhere(state: State, tmp_path: Path) -> None:
    first, second = RULES[state.name]
    scenario = state.scenario
    found, compared = identify_schools(scenario, first), compare_rules(scenario, first, second)
    assert found.counts["certain"] >= 3
    by_library = {
        "identification.json": json_bytes(identification_document(found)),
        "identification.csv": table_bytes(decisions_table(found)),
        "comparison.json": json_bytes(rule_comparison_document(compared)),
        "comparison.csv": table_bytes(rule_comparison_table(compared)),
    }

    for name in by_library:
        against = ["--against", second] if name.startswith("comparison") else []
        more = ["--rule", first, *against, "--only", "all", "--out", str(tmp_path / name)]
        done = CliRunner().invoke(cli, ["identify", *state.options, *more])
        assert done.exit_code == 0, done.stderr
    assert {name: (tmp_path / name).read_bytes() for name in by_library} == by_library

    own = f"/datasets/{state.dataset_id}"
    analyses = {
        "identification": (f"{own}/identification", {"rule": first}),
        "comparison": (f"{own}/rule-comparisons", {"first": first, "second": second}),
    }
    by_service = {
        f"{name}.{form}": state.client.post(address, json=question, params={"f": form}).content
        for name, (address, question) in analyses.items()
        for form in ("json", "csv")
    }
    assert by_service == by_library


def test_a_plan_and_its_comparison_are_the_same_everywhere(state: State, tmp_path: Path) -> None:
    settings, scenario, proposal = REQUESTS[state.name], state.scenario, state.proposal
    parameters = parse_parameters(settings)
    # The plan is what smaller Zones would be; it breaks no limit.
    others = [setting for setting in settings if not setting.startswith("maximum_schools")]
    smaller = propose_zones(scenario, parse_parameters([*others, "maximum_schools=5"]))
    path = tmp_path / "plan.csv"
    path.write_bytes(table_bytes(members_table(smaller)))

    given = evaluate_plan(scenario, read_plan(path, scenario, parameters), parameters)
    by_library = render_comparison(compare_proposals(given, proposal))
    assert len(json.loads(by_library["comparison.json"])["moves"]) >= 3

    chosen = [part for setting in settings for part in ("--set", setting)]
    out = tmp_path / "out"
    done = CliRunner().invoke(cli, ["compare", *state.options, *chosen, "--plan", str(path), "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    files = written_files(out)
    assert {name: content for name, content in files.items() if "/" not in name} == by_library
    for name, written in (("plan", given), ("proposal", proposal)):
        assert {
            path.removeprefix(f"{name}/"): content for path, content in files.items() if path.startswith(f"{name}/")
        } == render_proposal(written)

    client = state.client
    answer = client.post(
        f"/datasets/{state.dataset_id}/plans",
        files=[("plan", (path.name, path.read_bytes()))],
        data={"set": settings},
    )
    assert answer.status_code == 201, answer.text
    assert json_bytes(answer.json()["proposal"]) == json_bytes(proposal_document(given))
    own = f"/proposals/{answer.json()['id']}/comparison/{state.answer['id']}"
    by_service = {
        "comparison.json": compute(client, own).content,
        "moves.csv": client.get(own, params={"f": "csv"}).content,
        "zones_side_by_side.csv": client.get(own, params={"f": "csv", "table": "zones"}).content,
    }
    assert by_service == by_library


# Library, command and service share all that they add to Zones: what one state tells, a second would repeat.
@pytest.mark.parametrize("state", ["generated"], indirect=True)
@pytest.mark.parametrize(
    ("command", "path", "answer", "render"),
    [
        ("match", "matches", match_zones, render_match),
        ("plan-years", "year-plans", plan_years, render_year_plan),
    ],
)
def test_matches_and_year_plans_are_the_same_everywhere(
    state: State, tmp_path: Path, command: str, path: str, answer: Any, render: Any
) -> None:
    # A Zone of which a state's files may tell no need is served by a lock.
    settings = ["need=lowest_rates", f"force_served={state.proposal.zones[0].zone_id}"]
    partners = tmp_path / "partners.csv"
    partners.write_text("partner_id,schools_now,maximum_schools\n01,2,16\n02,0,9\n", encoding="utf-8")
    register, needs = read_register(partners), measure_zone_needs(state.scenario, state.proposal)
    found = answer(needs, register, split_settings(settings))
    geometry = zones_geojson(state.proposal)
    by_library = render(found, needs, register, geometry=geometry)
    assert len(by_library[{"match": "matches.csv", "plan-years": "starts.csv"}[command]].splitlines()) >= 2

    of_zones = [part for setting in REQUESTS[state.name] for part in ("--set-zones", setting)]
    chosen = [part for setting in settings for part in ("--set", setting)]
    out = tmp_path / "out"
    options = [*state.options, *of_zones, "--register", str(partners), *chosen, "--out", str(out)]
    done = CliRunner().invoke(cli, [command, *options])
    assert done.exit_code == 0, done.stderr
    assert written_files(out) == by_library

    client = state.client
    sent = [("partners", (partners.name, partners.read_bytes()))]
    register_id = client.post("/registers", files=sent, data={"dataset_id": state.dataset_id}).json()["id"]
    wanted = {"register_id": register_id, "parameters": split_settings(settings)}
    made = client.post(f"/proposals/{state.answer['id']}/{path}", json=wanted, headers={"Prefer": "wait=60"})
    assert made.status_code == 200, made.text
    kind = next(each for each in CAPACITY_KINDS.values() if each.path == path)
    # The service heads the picture and the map with the dataset's name.
    headed = render(found, needs, register, geometry=geometry, title=f"{kind.heading}: State")
    for part in kind.parts[1:]:
        assert client.get(made.json()["links"][part.path]).content == headed[part.file], part.file
    assert json_bytes(made.json()[kind.name.replace(" ", "_")]) == by_library[kind.document.file]
    assert {part.file for part in kind.parts} == set(by_library)
