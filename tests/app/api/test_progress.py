"""Indicators and progress over HTTP: protected unless the service allows exact counts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from app.jobs import run_isolated
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads, upload

pytestmark = pytest.mark.usefixtures("one_process")


def indicators(few: int = 4) -> pd.DataFrame:
    """Suspensions of two schools of the West Zone over three years; one has few."""
    return pd.DataFrame(
        [
            (school, year, "suspensions", few if school == "0007" else 30 + number, 200)
            for school in ("0007", "0010")
            for number, year in enumerate(("2020-21", "2021-22", "2022-23"))
        ],
        columns=["school_id", "school_year", "indicator", "numerator", "denominator"],
    )


@pytest.fixture
def followed(client: TestClient, dataset_id: str, proposal_id: str) -> str:
    sent = client.post(f"/datasets/{dataset_id}/progress", files=[upload("file", indicators())])
    assert sent.status_code == 201, sent.text
    return f"/proposals/{proposal_id}/progress"


def test_the_catalogue_is_listed(client: TestClient) -> None:
    listed = client.get("/progress-indicators").json()
    assert {each["timing"] for each in listed} == {"leading", "lagging"}
    assert all(each["better"] in ("higher", "lower") for each in listed)


def test_progress_of_a_proposal(client: TestClient, followed: str) -> None:
    document = client.get(followed, params={"entry_fall": 2021}).json()
    west = next(zone for zone in document["zones"] if zone["zone_id"] == "zone-0010")
    newest = west["values"][-1]
    assert newest["year"] == 2022
    # Of 200 students 4 are under 6 per cent, and 32 are 16 to 18. The schools have 500 and 900 students.
    assert newest["value"] == (0.03 * 500 + 0.17 * 900) / 1400
    assert newest["evidence"] == "no evidence without persistence"  # the toy flows tell of final grades only
    assert {each["months"]: each["verdict"] for each in west["benchmarks"]} == {18: "not met", 36: "not yet due"}
    table = client.get(followed, params={"entry_fall": 2021, "f": "csv", "table": "benchmarks"})
    assert "not yet due" in table.text
    assert "protected" in table.headers["content-disposition"]


def test_small_counts_do_not_show_in_any_form(tmp_path: Path) -> None:
    """Two services whose files differ in a small count alone give the same bytes everywhere."""
    answers = []
    for few in (1, 9):
        with running_service(tmp_path / str(few)) as client:
            dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
            client.post(f"/datasets/{dataset}/progress", files=[upload("file", indicators(few))])
            proposal = ask_for_zones(client, dataset, identification="official:designation=CSI")["id"]
            bodies = [
                client.get(f"/proposals/{proposal}/progress", params={"entry_fall": 2021, **more}).text
                for more in ({}, *({"f": "csv", "table": table} for table in ("summary", "values", "benchmarks")))
            ]
            page = client.get(f"/browse/proposals/{proposal}/progress?entry_fall=2021").text
            history = client.get(f"/datasets/{dataset}/progress").json()[0]["summary"]
            kept = page.split("<section", 1)[1].rsplit("Revision 1", 1)[0].replace(proposal, "")
            answers.append([*(text.replace(proposal, "") for text in bodies), kept, json.dumps(history)])
    assert answers[0] == answers[1]


def test_exact_counts_are_given_only_where_allowed(client: TestClient, followed: str, tmp_path: Path) -> None:
    question = {"entry_fall": 2021, "disclosure": "exact"}
    assert client.get(followed, params=question).status_code == 403
    with running_service(tmp_path, allow_exact=True) as allowing:
        dataset = allowing.post("/datasets", files=toy_uploads()).json()["id"]
        allowing.post(f"/datasets/{dataset}/progress", files=[upload("file", indicators())])
        proposal = ask_for_zones(allowing, dataset, identification="official:designation=CSI")["id"]
        document = allowing.get(f"/proposals/{proposal}/progress", params=question).json()
        west = next(zone for zone in document["zones"] if zone["zone_id"] == "zone-0010")
        assert west["values"][-1]["value"] == (4 + 32) / 400
        assert "not for publication" in document["notes"][0]


def test_indicators_are_never_for_the_public(client: TestClient, followed: str) -> None:
    answered = client.get(followed, params={"entry_fall": 2021, "disclosure": "public"})
    assert answered.status_code == 422
    (problem,) = answered.json()["problems"]
    assert problem["message"] == "Indicators of progress are not for the public: no release covers them."


def test_benchmarks_are_taken_as_json(client: TestClient, followed: str) -> None:
    agreed = [{"indicator_id": "suspensions", "months": 18, "kind": "value", "target": 0.5}]
    document = client.get(followed, params={"entry_fall": 2021, "benchmarks": json.dumps(agreed)}).json()
    west = next(zone for zone in document["zones"] if zone["zone_id"] == "zone-0010")
    assert [(each["months"], each["verdict"]) for each in west["benchmarks"]] == [(18, "met")]


@pytest.mark.parametrize(
    "question",
    [
        {"entry_fall": 21},
        {"entry_fall": "soon"},
        {"entry_fall": 2021, "benchmarks": "{"},
        {"entry_fall": 2021, "benchmarks": "[" * 9_000},
        {"entry_fall": 2021, "benchmarks": '[{"indicator_id": "joy", "months": 18}]'},
        {"entry_fall": 2021, "neighbours": 0},
        {"entry_fall": 2021, "caliper": "nan"},
        {"entry_fall": 2021, "disclosure": "none"},
        {"entry_fall": 2021, "table": "students"},
        {"entry_fall": 2021, "neighbors": 2},
    ],
)
def test_what_cannot_be_used_is_refused(client: TestClient, followed: str, question: dict[str, object]) -> None:
    answered = client.get(followed, params=question)
    assert answered.status_code == 422, answered.text
    assert answered.json()["status"] == 422


def test_without_a_file_there_is_no_progress(client: TestClient) -> None:
    dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
    proposal = ask_for_zones(client, dataset, identification="official:designation=CSI")["id"]
    answered = client.get(f"/proposals/{proposal}/progress", params={"entry_fall": 2021})
    assert answered.status_code == 404
    assert "POST /datasets" in answered.json()["detail"]
    assert client.get(f"/browse/proposals/{proposal}/progress").status_code == 200
    refused = client.post(f"/datasets/{dataset}/progress", files=[upload("file", b"\x00\xff", "x.csv")])
    assert refused.status_code == 422
    assert client.get(f"/datasets/{dataset}/progress").json() == []


def test_the_record_of_a_zone_says_when_it_began(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
        client.post(f"/datasets/{dataset}/progress", files=[upload("file", indicators())])
        proposal = ask_for_zones(client, dataset, identification="official:designation=CSI")["id"]

        def entry(**more: object) -> tuple[int | None, str]:
            summary = client.get(f"/proposals/{proposal}/progress", params=more).json()["summary"]
            west = next(each for each in summary if each["zone_id"] == "zone-0010")
            return west["entry_fall"], west["entry_basis"]

        assert entry() == (None, "no record says when it began")
        assert entry(entry_fall=2021) == (2021, "as given")
        who = {"by": "Ann", "why": "Begun"}
        record = client.post(f"/proposals/{proposal}/zones/zone-0010/record", json=who).json()["record_id"]
        assert entry(entry_fall=2021) == (None, "it is proposed, without a contract")
        contract = {"kind": "contract", "content": {"partner": "Prairie", "starts_on": "2022-07-01"}}
        changes = f"/records/{record}/changes"
        assert client.post(changes, json={**who, **contract}, headers={"If-Match": '"1"'}).status_code == 201
        assert entry(entry_fall=2021) == (2022, "contract from 2022-07-01")
        page = client.get(f"/browse/proposals/{proposal}/progress").text
        assert f'href="/browse/records/{record}">contract from 2022-07-01' in page


def test_an_answer_is_worked_out_once_until_a_file_is_added(
    client: TestClient, followed: str, dataset_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(*arguments: object, **more: object) -> object:
        calls.append(arguments[0])
        return run_isolated(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("app.services.indicators.run_isolated", counted)
    first = client.get(followed, params={"entry_fall": 2019}).content
    again = client.get(followed, params={"entry_fall": 2019}).content
    client.get(followed, params={"entry_fall": 2019, "f": "csv", "table": "summary"})
    assert first == again
    assert len(calls) == 1
    client.get(followed, params={"entry_fall": 2019, "caliper": 0.4})
    assert len(calls) == 2
    assert client.post(f"/datasets/{dataset_id}/progress", files=[upload("file", indicators(20))]).status_code == 201
    assert client.get(followed, params={"entry_fall": 2019}).content != first
