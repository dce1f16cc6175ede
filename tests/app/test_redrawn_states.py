"""States that differ only within what is protected: every route, page and file answers in the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pandas as pd
import pytest
from starlette.testclient import TestClient

from clustering.zones.protection_choice import protect
from tests.examples.one_process import in_one_process
from tests.examples.residents import residents_table
from tests.examples.service_requests import Upload, running_service, toy_uploads, upload
from tests.examples.small_counts_district import enrolment_file, flow_file, small_counts_district
from tests.examples.toy_register import register_uploads
from tests.oracles.disclosure_attacker.hashes import guess, hashes_in
from tests.oracles.disclosure_attacker.http_answers import Listener, Route, ask_for_everything, public_tag, routes_of
from tests.oracles.disclosure_attacker.http_requests import Given, delete_everything, make_everything, questions
from tests.oracles.disclosure_attacker.known_flows import KnownFlows, know_flows
from tests.oracles.disclosure_attacker.redraw import redraw

# Paths to which no request is sent, each with the reason.
WITHOUT_REQUEST: dict[str, str] = {
    "/audit": "jobs end in any order, and reads are counted by the minute: compared without both by a test of its own",
    "/sign-in": "nobody signs in here, and it reads keys alone",
    "/sign-out": "as /sign-in",
}
# What is answered otherwise than with a result, each with the status, and the reason.
REFUSED = {
    "POST /datasets/{dataset_id}/crosswalk": 422,  # every school of the flows is listed: no row is proposed
    "POST /browse/datasets/{dataset_id}/crosswalk": 422,
    "POST /browse/proposals/{proposal_id}/zones/{zone_id:path}/record again": 409,  # the Zone has a record
    "GET /releases/{release_id} withdrawn": 410,
    "GET /metrics": 403,  # the client of this test is no address of this machine
    # Asked with names that they know before.
    "GET /problems/{name}": 404,
    "GET /proposals/{proposal_id}/files/{name}": 404,
}


_ASKED = httpx2.Request("GET", "http://127.0.0.1/datasets")


@pytest.fixture(scope="module", autouse=True)
def _one_process() -> Iterator[None]:
    with in_one_process():
        yield


@dataclass(frozen=True)
class ServiceAnswers:
    """All that a service answered, the kinds of entries of its audit trail, and the routes without a request."""

    answers: dict[str, bytes]
    statuses: dict[str, int]
    audit: set[tuple[str, str, str, str]]
    without_request: list[Route]


@pytest.fixture(scope="module")
def known() -> KnownFlows:
    state = small_counts_district()
    return know_flows(state.exact, [protect(state.scenario, "protected").flows], state.sizes)


@pytest.fixture(scope="module")
def drawn(known: KnownFlows) -> pd.DataFrame:
    """Another state, in which nobody left some of the grades: its file of flows has fewer rows."""
    return redraw(known, seed=3, rounds=60)


def listen(folder: Path, cells: pd.DataFrame, few: int) -> ServiceAnswers:
    """Everything a service tells that holds these cells, and counts of ``few`` in its other files."""
    others = [
        upload("schools", enrolment_file(), "enrolment.csv"),
        upload("flows", residents(few), "residents.csv"),
        upload("performance", rates(few), "rates.csv"),
    ]
    given = Given(
        dataset=[*toy_uploads(flows=flow_file(cells)), *others],
        register=register_uploads(),
        assessments=[upload("file", assessments(), "assessments.csv")],
        progress=progress(few),
    )
    with running_service(folder, allow_release=True) as client:
        listener, routes = Listener(client), routes_of(client.app)
        make_everything(listener, given)
        ask_for_everything(listener, routes, questions(listener.known), WITHOUT_REQUEST)
        delete_everything(listener, given)
        audit = audit_kinds(client)
    requested = {*listener.requested, *((method, path) for method, path in routes if path in WITHOUT_REQUEST)}
    return ServiceAnswers(listener.answers, listener.statuses, audit, sorted(routes - requested))


def audit_kinds(client: TestClient) -> set[tuple[str, str, str, str]]:
    """What the audit trail says, without whose identifier, when, in which order and how often."""
    found: set[tuple[str, str, str, str]] = set()
    address = "/audit?limit=1000"
    while address:
        response = client.get(address)
        found |= {(each["act"], each["object_kind"], each["outcome"], each["caller"]) for each in response.json()}
        address = response.links.get("next", {}).get("url", "")
    return found


def assessments() -> pd.DataFrame:
    """What raters think of two schools."""
    return pd.DataFrame(
        {"school_id": ["0007", "0010"], "indicator": "learn-1", "value": ["2", "3"], "date": "2024-03-01"}
    )


def residents(few: int) -> pd.DataFrame:
    """Where residents enrol: of the 27 of E1 who go elsewhere, ``few`` more or less go to E3."""
    table = residents_table()
    elsewhere = (table["origin"] == "0001") & (table["destination"] != "0001")
    table.loc[elsewhere, "students"] = [str(27 - 3 - few), str(3 + few)]
    return table


def rates(few: int) -> pd.DataFrame:
    """Graduates of two high schools; of one they are few."""
    rows = [("0010", "2021-22", few, 25), ("0011", "2021-22", 120, 150)]
    return pd.DataFrame(rows, columns=["school_id", "school_year", "graduates", "cohort"])


def progress(few: int) -> list[Upload]:
    """Suspensions of two schools; of one they are few, which is all that may be seen of them."""
    rows = [
        (school, year, "suspensions", few if school == "0007" else 60, 250)
        for school in ("0007", "0010")
        for year in ("2020-21", "2021-22")
    ]
    columns = ["school_id", "school_year", "indicator", "numerator", "denominator"]
    return [upload("file", pd.DataFrame(rows, columns=columns), "progress.csv")]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, known: KnownFlows) -> ServiceAnswers:
    return listen(tmp_path_factory.mktemp("first"), known.cells, few=2)


def test_every_route_has_a_request(first: ServiceAnswers) -> None:
    assert first.without_request == []
    assert {name: status for name, status in first.statuses.items() if status >= 400} == REFUSED


def test_states_redrawn_inside_the_protection_give_the_same_bytes(
    tmp_path: Path, first: ServiceAnswers, drawn: pd.DataFrame
) -> None:
    other = listen(tmp_path, drawn, few=3)
    assert sorted(first.answers) == sorted(other.answers)
    assert [name for name, answer in first.answers.items() if answer != other.answers[name]] == []

    assert first.audit == other.audit
    assert {"dataset added", "proposal deleted"} <= {act for act, *_ in first.audit}


def test_a_tag_that_nobody_can_work_out_is_compared_as_it_is() -> None:
    def tag(mark: str) -> str:
        return public_tag(httpx2.Response(200, content=b"a", headers={"ETag": mark}, request=_ASKED))

    of_body = hashlib.blake2b(b"a", digest_size=16).hexdigest()
    of_counts = hashlib.sha256(b"7 students").hexdigest()[:32]
    assert [tag(f'"{of_body}"'), tag(f'W/"{of_counts}"')] == ['"hash of the body"', f'W/"{of_counts}"']


def test_no_hash_tests_a_guess_at_a_small_count(first: ServiceAnswers, known: KnownFlows) -> None:
    small = known.cells.index[known.cells["students"].between(1, 9)][0]

    def digests(counts: tuple[int, ...]) -> list[str]:
        cells = known.cells.copy()
        cells.loc[small, "students"] = counts[0]
        file = flow_file(cells).to_csv(index=False).encode()
        return [hashlib.new(name, file).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")]

    hashes = hashes_in(first.answers.values())
    assert hashes  # of the protected tables
    assert guess(hashes, digests, unknown=1) == []


def test_control_the_redrawn_state_is_another_with_the_same_sizes(known: KnownFlows, drawn: pd.DataFrame) -> None:
    sizes = [cells.groupby(["origin", "grade", "year"])["students"].sum() for cells in (known.cells, drawn)]
    pd.testing.assert_series_equal(*sizes)
    assert (drawn["students"] != known.cells["students"]).sum() >= 25
    assert len(flow_file(drawn)) < len(flow_file(known.cells))
