"""Pages of readiness and progress, with hostile names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads, upload

pytestmark = pytest.mark.usefixtures("one_process")

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}"
OWN = pd.DataFrame({"set": "ours", "indicator": ["p1"], "title": [HOSTILE], "domain": [HOSTILE]})
RATED = pd.DataFrame({"school_id": ["0010"], "set": "ours", "indicator": "p1", "value": "1", "date": "2024-03-01"})
VALUES = pd.DataFrame(
    {"school_id": "0010", "school_year": ["2020-21", "2021-22"], "graduation_rate": ["55%", "61%"], "cohort": 200}
)


@pytest.fixture
def fresh(tmp_path: Path) -> object:
    with running_service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
        proposal = ask_for_zones(client, dataset, identification="official:designation=CSI")["id"]
        yield client, f"/browse/proposals/{proposal}"


def test_readiness_is_shown_and_hostile_names_are_text(fresh: tuple[TestClient, str]) -> None:
    client, page = fresh
    assert "Nothing was assessed yet" in client.get(f"{page}/readiness").text
    sent = client.post(f"{page}/readiness", files=[upload("file", OWN)], data={"kind": "indicator_sets"})
    assert sent.status_code == 200, sent.text
    done = client.post(f"{page}/readiness", files=[upload("file", RATED.assign(rater=HOSTILE), f"{HOSTILE}.csv")])
    assert done.status_code == 200
    shown = client.get(f"{page}/readiness").text
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "{{ 7*7 }}" in shown
    assert "Gaps: " in shown


def test_progress_is_shown_with_persistence_beside(fresh: tuple[TestClient, str]) -> None:
    client, page = fresh
    assert "There are no indicators yet" in client.get(f"{page}/progress").text
    assert client.post(f"{page}/progress", files=[upload("file", VALUES)]).status_code == 200
    shown = client.get(f"{page}/progress?entry_fall=2021").text
    assert "No evidence without persistence" in shown
    assert "Graduation in four years" in shown
    assert "60.0% to 62.0%" in shown  # the band of 100 to 299 students
    assert client.get(f"{page}/progress?entry_fall=2023").status_code == 200
    assert "Is it working?" in shown
    assert "Not started, so there are entry values only" in client.get(f"{page}/progress").text
    assert client.get(f"{page}/progress?entry_fall=").status_code == 200  # as the form sends it


def test_faults_of_a_file_are_shown_on_the_page(fresh: tuple[TestClient, str]) -> None:
    client, page = fresh
    for name, table in (("readiness", RATED.assign(date="soon")), ("progress", VALUES.assign(graduation_rate="x"))):
        refused = client.post(f"{page}/{name}", files=[upload("file", table, "bad.csv")])
        assert refused.status_code == 422
        assert "bad.csv" in refused.text
        assert "What to do" in refused.text


def test_the_page_of_a_proposal_links_to_both(fresh: tuple[TestClient, str]) -> None:
    client, page = fresh
    shown = client.get(page).text
    assert f'href="{page}/readiness"' in shown
    assert f'href="{page}/progress"' in shown
