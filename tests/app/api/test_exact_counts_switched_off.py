"""
What was made of exact counts, once the service no longer gives such counts.

It is not listed anywhere, and whoever asks for it by its id gets 403, whatever is asked: so nothing but its existence
shows. It can still be deleted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.examples.service_requests import ask_for_zones, compute, running_service, toy_uploads, upload
from tests.examples.toy_district import WEST
from tests.examples.toy_register import register_uploads

pytestmark = pytest.mark.usefixtures("one_process")

WHO = {"by": "A. Analyst", "why": "Agreed"}
PLAN = b"school_id,zone\n0010,West\n0001,West\n"
BY_LIST = {"identification": "official:designation=CSI"}


class Made:
    """Of exact counts: a proposal, a plan, a match and a record. Of protected ones: a proposal and a match."""

    def __init__(self, client: TestClient) -> None:
        self.dataset = str(client.post("/datasets", files=toy_uploads()).json()["id"])
        self.register = str(client.post("/registers", files=register_uploads()).json()["id"])
        zones = {
            name: ask_for_zones(client, self.dataset, disclosure=name, **BY_LIST) for name in ("protected", "exact")
        }
        self.protected, self.exact = zones["protected"]["id"], zones["exact"]["id"]
        self.asked = client.get("/jobs").json()[0]["id"]  # the job of the exact proposal, the newest
        self.match = ask_for_match(client, self.exact, self.register).json()
        self.protected_match = ask_for_match(client, self.protected, self.register).json()["id"]
        settings = [f"{name}={value}" for name, value in {**BY_LIST, "disclosure": "exact"}.items()]
        plan = client.post(f"/datasets/{self.dataset}/plans", files=[upload("plan", PLAN)], data={"set": settings})
        assert plan.status_code == 201, plan.text
        self.plan = plan.json()["id"]
        self.record = client.post(f"/proposals/{self.exact}/zones/zone-{WEST}/record", json=WHO).json()["record_id"]
        pages = [f"/browse/proposals/{self.exact}", f"/browse/proposals/{self.exact}/reach"]
        pages += [f"/browse/proposals/{self.protected}/comparison?other_id={self.exact}"]
        pages += [f"/browse/matches/{self.match['id']}", f"/browse/matches/{self.match['id']}/one-more"]
        self.pages = {page: client.get(page).text for page in [*pages, f"/browse/proposals/{self.protected}"]}
        for each in (f"/proposals/{self.exact}/reach", f"/matches/{self.match['id']}/one-more"):
            assert compute(client, each).status_code == 200, each
        self.addresses = [*zones["exact"]["links"].values(), *plan.json()["links"].values()]
        self.addresses += self.match["links"].values()
        self.jobs = [job["id"] for job in client.get("/jobs").json()]
        self.tags = {each: client.get(each).headers.get("ETag", "none") for each in self.addresses}

    @property
    def hidden(self) -> list[str]:
        return [self.exact, self.plan, self.match["id"]]


def ask_for_match(client: TestClient, proposal_id: str, register_id: str) -> Any:
    return client.post(
        f"/proposals/{proposal_id}/matches", json={"register_id": register_id}, headers={"Prefer": "wait=60"}
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    folder = tmp_path_factory.mktemp("service")
    with running_service(folder, allow_exact=True) as client:
        return folder, Made(client)


@pytest.fixture(scope="module")
def strict(made: tuple[Path, Made]) -> Any:
    with running_service(made[0]) as client:
        yield client


def test_every_page_of_exact_counts_says_so_in_its_title_and_at_its_top(made: tuple[Path, Made]) -> None:
    held = made[1]
    marked = {page for page, text in held.pages.items() if "<title>Not for release: " in text}
    assert marked == set(held.pages) - {f"/browse/proposals/{held.protected}"}
    tops = {page for page, text in held.pages.items() if "not for release" in text.partition("<h1>")[0]}
    assert tops == marked


def test_no_address_of_it_answers_not_even_that_nothing_changed(strict: TestClient, made: tuple[Path, Made]) -> None:
    of_others = {f"/datasets/{made[1].dataset}", f"/registers/{made[1].register}"}
    for address in set(made[1].addresses) - of_others:
        for headers in ({}, {"If-None-Match": made[1].tags[address]}):
            answer = strict.get(address, headers=headers)
            assert answer.status_code == 403, address
            assert set(answer.json()) <= {"type", "title", "status", "detail", "instance"}, address
            assert "ETag" not in answer.headers


def test_lists_and_pages_leave_it_out(strict: TestClient, made: tuple[Path, Made]) -> None:
    held = made[1]
    lists = ["/proposals", f"/proposals?dataset_id={held.dataset}", "/matches", f"/matches?proposal_id={held.exact}"]
    lists += [f"/matches?register_id={held.register}", "/jobs", "/year-plans", "/datasets", "/registers"]
    pages = ["/", f"/browse/datasets/{held.dataset}", f"/browse/registers/{held.register}", "/browse/registers"]
    pages += [f"/browse/proposals/{held.protected}", f"/browse/proposals/{held.protected}/matches"]
    for address in (*lists, *pages):
        answer = strict.get(address)
        assert answer.status_code == 200, address
        assert not [each for each in held.hidden if each in answer.text], address
        assert '"exact"' not in answer.text, address
    assert [each["id"] for each in strict.get("/proposals").json()] == [held.protected]
    assert [each["id"] for each in strict.get("/matches").json()] == [held.protected_match]
    shown = strict.get("/jobs").json()
    assert {job["proposal_id"] or job["match_id"] for job in shown} == {held.protected, held.protected_match}
    for job in set(held.jobs) - {job["id"] for job in shown}:
        assert strict.get(f"/jobs/{job}").status_code == strict.get(f"/browse/jobs/{job}").status_code == 403


def test_nothing_is_computed_from_it(strict: TestClient, made: tuple[Path, Made]) -> None:
    held = made[1]
    for other, again in ((held.protected, held.exact), (held.exact, held.protected), (held.plan, held.plan)):
        assert strict.get(f"/proposals/{other}/comparison/{again}").status_code == 403
        assert strict.get(f"/browse/proposals/{other}/comparison?other_id={again}").status_code == 403
    for address in (f"/proposals/{held.exact}/progress", f"/proposals/{held.exact}/readiness"):
        assert strict.get(address).status_code == 403
    for page in ("", "/conditions", "/matches", "/frontier"):
        assert strict.get(f"/browse/proposals/{held.exact}{page}").status_code in (403, 404)
    assert ask_for_match(strict, held.exact, held.register).status_code == 403
    begun = strict.post(f"/proposals/{held.exact}/zones/zone-{WEST}/record", json=WHO)
    assert begun.status_code == 403


def test_a_record_stays_with_the_zone_and_without_numbers(strict: TestClient, made: tuple[Path, Made]) -> None:
    record = strict.get(f"/records/{made[1].record}").json()
    assert record["zone"]["zone_id"] == f"zone-{WEST}"
    assert not {"score", "metrics", "students"} & set(record["zone"])
    assert "sha256" not in str({name: value for name, value in record["zone"]["origin"].items() if value is not None})
    assert f"/browse/proposals/{made[1].exact}" not in strict.get(f"/browse/records/{made[1].record}").text


def test_it_can_be_deleted_and_takes_its_jobs_along(strict: TestClient, made: tuple[Path, Made]) -> None:
    own = [each for each in made[1].jobs if strict.get(f"/jobs/{each}").status_code == 403 and each != made[1].asked]
    # A match, and an analysis of each.
    assert len(own) == 3
    assert strict.delete(f"/proposals/{made[1].exact}").status_code == 204
    assert strict.get(f"/proposals/{made[1].exact}").status_code == 404
    assert {strict.get(f"/jobs/{each}").status_code for each in own} == {404}
