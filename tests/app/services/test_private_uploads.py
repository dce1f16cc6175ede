"""What the service keeps and tells of students: their flows, protected, and nothing else."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store import open_store
from clustering import scenario_from_bytes
from tests.examples.service_requests import Upload, ask_for_zones, toy_uploads, upload
from tests.examples.sound_files import student_ids, students
from tests.examples.toy_district import toy_flows, toy_schools

pytestmark = pytest.mark.usefixtures("one_process")


@pytest.fixture
def exact_client(tmp_path: Path) -> Iterator[TestClient]:
    """A service of its own that may give exact counts."""
    settings = Settings(data_directory=tmp_path / "exact", allow_exact=True)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False) as running:
        yield running


def taken(client: TestClient, files: list[Upload]) -> dict[str, Any]:
    response = client.post("/datasets", files=files)
    assert response.status_code == 201, response.text
    return dict(response.json())


def found_in(text: str | bytes) -> list[str]:
    """Students whose identifier stands in it."""
    searched = text if isinstance(text, bytes) else text.encode()
    return [student for student in student_ids() if student.encode() in searched]


def test_no_student_is_stored_or_logged(
    client: TestClient, settings: Settings, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    files = [toy_uploads()[0], upload("students", students(), "kept-students.csv")]
    dataset = taken(client, files)
    ask_for_zones(client, dataset["id"])
    bad = students()
    bad.loc[3, "school_year"] = student_ids()[3]
    for address in ("/datasets", "/browse/datasets"):
        refused = client.post(address, files=[files[0], upload("students", bad)])
        assert refused.status_code == 422
        assert found_in(refused.content) == []
    folder = settings.data_directory
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"kept-students.csv" in written  # the search finds what is there
    assert found_in(written) == []
    assert list((folder / "uploads").iterdir()) == []
    assert found_in(caplog.text + "".join(capfd.readouterr())) == []
    # What is packed in the stored tables cannot be found by its bytes.
    store = open_store(folder)
    scenario = scenario_from_bytes(store.scenario(dataset["id"]))
    store.close()
    for table in (scenario.schools, scenario.flows, scenario.performance, scenario.rates, scenario.grade_enrolment):
        assert found_in(pd.DataFrame(table).reset_index().to_csv()) == []
    assert scenario.flows["students"].sum() == len(student_ids())


def test_rows_of_student_records_are_listed_only_where_exact_counts_are(
    client: TestClient, exact_client: TestClient
) -> None:
    repeated = pd.concat([students(), students()[:3]])
    schools = pd.concat([toy_schools(), toy_schools()[:1].assign(school_id="")])
    files = [upload("schools", schools), upload("students", repeated)]
    for service, rows in ((client, []), (exact_client, [2, 3, 4])):
        dataset = taken(service, files)
        table = service.get(f"/datasets/{dataset['id']}/set-aside").text
        assert table.startswith("not_for_release,") is bool(rows)
        lines = [line.removeprefix("not_for_release,") for line in table.splitlines()]
        lines = [line.removeprefix("exact counts of students,") for line in lines]
        assert lines[:2] == ["file,row,reason", "schools.csv,13,The school has no identifier."]
        listed = [line.split(",") for line in lines[2:]]
        assert {file for file, *_ in listed} == ({"students.csv"} if rows else set())
        # One of two equal records, which stand in rows 2 and 62, 3 and 63, 4 and 64.
        assert sorted(int(row) % 60 for _, row, _ in listed) == rows
        assert [row["file"] for row in dataset["report"]["set_aside"]] == ["schools.csv"]
        page = service.get(f"/browse/datasets/{dataset['id']}").text
        assert "repeats another record</li>" in page


def test_flows_and_records_of_the_same_students_are_refused(client: TestClient) -> None:
    refused = client.post("/datasets", files=[*toy_uploads(), upload("students", students())])
    assert refused.status_code == 422
    assert "counted twice" in refused.text


def renumbered(small: int) -> list[Upload]:
    """The toy district's flows, and a few students of E2 who entered Oak Middle under its old number."""
    flows = pd.concat([toy_flows(), toy_flows()[1:2].assign(destination="0907", students=str(small))])
    names = toy_schools().set_index("school_id")["name"]
    flows["school_name"] = flows["origin"].map(names)
    flows["new_school_name"] = flows["destination"].map({**names, "0907": "Oak Middle"})
    return [toy_uploads()[0], upload("flows", flows)]


def place_of_oak(dataset: dict[str, Any]) -> int:
    proposed = [(row["old_id"], row["new_id"]) for row in dataset["report"]["crosswalk"]]
    return proposed.index(("0907", "0007"))


def confirmed(client: TestClient, dataset: dict[str, Any]) -> dict[str, Any]:
    response = client.post(f"/datasets/{dataset['id']}/crosswalk", json={"confirmed": [place_of_oak(dataset)]})
    assert response.status_code == 201, response.text
    return dict(response.json())


def links(client: TestClient, dataset: dict[str, Any]) -> str:
    answer = ask_for_zones(client, dataset["id"], identification="official:designation=CSI")
    return client.get(answer["links"]["links"]).text


def told_from_e2_to_oak(table: str) -> tuple[float, float]:
    """The least and the greatest number of students of that link."""
    rows = pd.read_csv(io.StringIO(table), dtype={"origin": str, "destination": str})
    (row,) = rows[(rows["origin"] == "0002") & (rows["destination"] == "0007")].to_dict("records")
    return float(row["students_low"]), float(row["students_high"])


@pytest.mark.parametrize("small", [3, 8])
def test_two_datasets_of_one_service_do_not_narrow_a_small_count(client: TestClient, small: int) -> None:
    dataset = taken(client, renumbered(small))
    alone, together = (told_from_e2_to_oak(links(client, each)) for each in (dataset, confirmed(client, dataset)))
    assert alone[0] <= 40 <= alone[1]
    assert together[0] <= 40 + small <= together[1]
    # Of those who entered under the old number, 1 to 9, one less the other leaves five numbers or more.
    least, most = max(1, together[0] - alone[1]), min(9, together[1] - alone[0])
    assert least <= small <= most
    assert most - least >= 4


def test_a_crosswalk_downloaded_marked_and_uploaded_does_what_confirming_does(client: TestClient) -> None:
    files = renumbered(10)
    dataset = taken(client, files)
    table = client.get(f"/datasets/{dataset['id']}/crosswalk").text
    marked = table.replace("\nno,0907,Oak Middle,0007,", "\nyes,0907,Oak Middle,0007,")
    assert marked != table
    again = taken(client, [*files, upload("crosswalk", marked.encode())])
    assert again["report"]["flow_rows"] == {"feeding": 14}
    assert again["report"]["crosswalk"] == []
    # 40 and 10 of E2 enter Oak; where that is confirmed, the protected counts are moved, and their interval is wider.
    for each in (again, confirmed(client, dataset)):
        low, high = told_from_e2_to_oak(links(client, each))
        assert 41 <= low <= 50 <= high


def test_unmarked_rows_of_a_crosswalk_change_nothing(client: TestClient) -> None:
    files = renumbered(10)
    dataset = taken(client, files)
    table = client.get(f"/datasets/{dataset['id']}/crosswalk").content
    again = taken(client, [*files, upload("crosswalk", table)])
    assert again["report"]["flow_rows"] == dataset["report"]["flow_rows"]
    assert links(client, again) == links(client, dataset)


@pytest.mark.parametrize("form", [{}, {"confirmed": "99"}, {"confirmed": "first"}])
def test_a_confirmation_that_fits_no_row_is_refused_on_the_page(client: TestClient, form: dict[str, str]) -> None:
    dataset = taken(client, renumbered(10))
    before = client.get("/datasets").json()
    assert client.post(f"/browse/datasets/{dataset['id']}/crosswalk", data=form).status_code == 422
    assert client.get("/datasets").json() == before


def test_confirming_on_the_page_leads_to_the_new_dataset(client: TestClient) -> None:
    dataset = taken(client, renumbered(10))
    form = {"confirmed": str(place_of_oak(dataset))}
    response = client.post(f"/browse/datasets/{dataset['id']}/crosswalk", data=form)
    assert response.status_code == 303
    page = client.get(response.headers["location"]).text
    assert "crosswalk applied" in page
    assert "Schools that may have changed their number" not in page
    assert client.post("/browse/datasets/nothing/crosswalk", data=form).status_code == 404


def test_a_dataset_without_proposed_rows_has_nothing_to_confirm(client: TestClient, dataset_id: str) -> None:
    assert client.get(f"/datasets/{dataset_id}/crosswalk").text == "confirmed,old_id,new_id,share\n"
    response = client.post(f"/datasets/{dataset_id}/crosswalk", json={"confirmed": [0]})
    assert response.status_code == 422
