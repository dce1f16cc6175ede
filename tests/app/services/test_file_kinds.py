"""Student records, catchments, estimates and crosswalks over HTTP, on the pages and on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.commands import cli
from tests.examples.service_requests import ask_for_zones, toy_uploads, upload
from tests.examples.sound_files import (
    calpads_rows,
    catchments,
    crosswalk,
    csv,
    edfi_table,
    lines,
    old_flows,
    student_ids,
    students,
    travel_times,
    with_cell,
)
from tests.examples.toy_district import FLOWS, toy_flows, toy_schools

pytestmark = pytest.mark.usefixtures("one_process")

COUNTED = [*FLOWS[:-1], ("0009", "0011", 8, 140)]
STUDENTS = sum(count for *_, count in COUNTED)
# What is public of every grade that students leave or enter, whoever of them goes where: of so many students that a few
# more or fewer are certain of none.
PUBLIC_SIZES = [
    *((f"{school:04d}", "2022-23", "5", "109") for school in range(1, 7)),
    *(("0002", year, "4", "109") for year in ("2022-23", "2023-24")),
    *((f"{school:04d}", "2022-23", "8", "199") for school in range(7, 10)),
    *((f"{school:04d}", "2023-24", "6", "199") for school in range(7, 10)),
    *((f"{school:04d}", "2023-24", "9", "299") for school in range(10, 12)),
]
PARTS = ("zones", "schools", "members", "links", "map")


def records(small: int = 4) -> pd.DataFrame:
    """
    Student records of two years that give the toy district's flows, and a few students of every other sort.

    A few go a way of their own, a few leave, a few are recorded twice, a few have no id, a few repeat their grade.
    """
    rows = []
    for number in range(small):
        rows.append((f"STU0LEFT{number}", "2022-23", "0003", 5))
        rows += [("", "2022-23", "0004", 5), (f"STU00010007{number:04d}", "2022-23", "0001", 5)]
        rows += [(f"STU0STAYED{number}", year, "0002", 4) for year in ("2022-23", "2023-24")]
    for origin, destination, grade, count in [*COUNTED, ("0001", "0009", 5, small)]:
        for number in range(count):
            student = f"STU{origin}{destination}{number:04d}"
            rows.append((student, "2022-23", origin, grade))
            rows.append((student, "2023-24", destination, grade + 1))
    return pd.DataFrame(rows, columns=["student_id", "school_year", "school_id", "grade"])


def record_uploads(small: int = 4) -> list[Any]:
    """The toy district's schools, the public sizes of their grades, and student records."""
    sizes = pd.DataFrame(PUBLIC_SIZES, columns=["school_id", "school_year", "grade", "students"])
    return [toy_uploads()[0], upload("schools", sizes, "sizes.csv"), upload("students", records(small))]


def taken(client: TestClient, files: list[Any], **data: str) -> dict[str, Any]:
    response = client.post("/datasets", files=files, data=data)
    assert response.status_code == 201, response.text
    return dict(response.json())


def everything_told(client: TestClient, dataset: dict[str, Any]) -> str:
    """All that the service says of a dataset and of a proposal for it, without what differs by itself."""
    answer = ask_for_zones(client, dataset["id"])
    texts = [json.dumps(dataset["report"]), json.dumps(answer["proposal"])]
    texts += [client.get(answer["links"][part]).text for part in PARTS]
    texts += [client.get(f"/datasets/{dataset['id']}/{part}").text for part in ("set-aside", "crosswalk")]
    texts += [client.get(f"/browse/{page}").text for page in (f"datasets/{dataset['id']}", f"proposals/{answer['id']}")]
    texts += [client.get(f"/proposals/{answer['id']}").text]
    # The other proposals that this one can be compared with are those of whatever ran before.
    whole = re.sub(r'<select id="other_id".*?</select>', "", "\n".join(texts), flags=re.DOTALL)
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\"< ]*", "", whole)


def test_student_records_become_flows_and_leave_no_student_behind(client: TestClient) -> None:
    dataset = taken(client, record_uploads())
    report = dataset["report"]
    # Who left is never told: of each of ten grades there is a rest.
    assert report["flow_rows"] == {"feeding": 15, "exit": 10, "retained": 1}
    low, high = report["flow_students_low"], report["flow_students_high"]
    assert low["feeding"] < STUDENTS + 4 < high["feeding"]
    assert (low["retained"], high["retained"]) == (1, 9)
    # The rest is at most the sizes of seven grades of 109 and three of 199 without the least of all others.
    assert (low["exit"], high["exit"]) == (0, 7 * 109 + 3 * 199 - low["feeding"] - 1)
    texts = everything_told(client, dataset)
    assert "STU0" not in texts
    assert [file["role"] for file in report["files"]] == ["schools", "membership", "students"]


@pytest.mark.parametrize("small", [1, 9])
def test_small_numbers_of_students_change_nothing_that_is_told(client: TestClient, small: int) -> None:
    ask_for_zones(client, taken(client, toy_uploads())["id"])  # both then have another proposal to be compared with
    base = everything_told(client, taken(client, record_uploads(4), name="d"))
    other = everything_told(client, taken(client, record_uploads(small), name="d"))
    assert base == other


def test_control_larger_numbers_of_students_do_change_it(client: TestClient) -> None:
    few, many = (taken(client, record_uploads(n), name="d") for n in (4, 40))
    assert few["report"] | {"files": []} != many["report"] | {"files": []}


def test_estimates_from_catchments_are_marked_everywhere(client: TestClient) -> None:
    files = [toy_uploads()[0], upload("catchments", catchments(), "m.geojson")]
    files += [upload("catchments", catchments("high"), "h.geojson")]
    dataset = taken(client, files)
    assert dataset["report"]["basis"]["method"] == "catchments"
    assert "Estimated flows" in client.get(f"/browse/datasets/{dataset['id']}").text
    answer = ask_for_zones(client, dataset["id"], minimum_schools=2)
    proposal = answer["proposal"]
    assert proposal["flow_basis"]["is_estimated"] is True
    assert proposal["notes"][0].startswith("ESTIMATED FLOWS.")
    assert proposal["zones"]
    assert all(member["reason"].startswith("Estimated flows: ") for z in proposal["zones"] for member in z["members"])
    zones = client.get(answer["links"]["zones"]).json()
    assert {feature["properties"]["flow_basis"] for feature in zones["features"]} == {"catchments"}
    links = client.get(answer["links"]["links"]).text.splitlines()
    assert links[0].endswith(",flow_basis")
    assert all(line.endswith(",catchments") for line in links[1:])
    assert "Estimated flows." in client.get(answer["links"]["map"]).text
    assert "Estimated flows." in client.get(f"/browse/proposals/{answer['id']}").text
    assert "Estimated flows: " in client.get(answer["links"]["members"]).text
    assert "estimated flows" in client.get("/").text


def test_a_gravity_model_must_be_asked_for(client: TestClient) -> None:
    schools = [toy_uploads()[0]]
    refused = client.post("/datasets", files=schools)
    assert refused.status_code == 422
    assert "Flows are missing" in refused.text
    dataset = taken(client, schools, estimate="true")
    assert dataset["report"]["basis"]["method"] == "gravity"
    compared = taken(client, toy_uploads(), estimate="true")["report"]["basis"]
    assert compared["method"] == "recorded"
    assert compared["comparison"]["gravity"]["schools"] > 0


def test_schools_left_out_of_an_estimate_can_be_named(client: TestClient) -> None:
    schools = [toy_uploads()[0]]
    left_out = sorted(toy_flows()["destination"].dropna().astype("str").unique())[:2]
    basis = taken(client, schools, estimate="true", exclude_receivers="\n".join(left_out))["report"]["basis"]
    assert [school["school_id"] for school in basis["choice_schools"]] == left_out
    assert all(school["is_excluded"] for school in basis["choice_schools"])
    refused = client.post("/datasets", files=schools, data={"estimate": "true", "exclude_receivers": "nobody"})
    assert refused.status_code == 422
    (problem,) = refused.json()["problems"]
    assert (problem["column"], problem["value"]) == ("exclude_receivers", "nobody")


def test_a_rule_of_capture_is_taken_and_checked(client: TestClient) -> None:
    schools = [toy_uploads()[0]]
    taken(client, schools, estimate="true", capture="none")
    refused = client.post("/datasets", files=schools, data={"estimate": "true", "capture": "half"})
    assert refused.status_code == 422
    (problem,) = refused.json()["problems"]
    assert (problem["column"], problem["value"]) == ("capture", "half")


def renumbered(client: TestClient) -> dict[str, Any]:
    """Flows that know Oak Middle by another number and its name."""
    flows = toy_flows()
    names = toy_schools().set_index("school_id")["name"]
    for end, heading in (("origin", "school_name"), ("destination", "new_school_name")):
        flows[heading] = flows[end].map(names)
        flows[end] = flows[end].replace("0007", "0907")
    return taken(client, [toy_uploads()[0], upload("flows", flows)])


def test_a_crosswalk_is_proposed_and_applied_only_when_confirmed(client: TestClient) -> None:
    dataset = renumbered(client)
    (row, *_) = dataset["report"]["crosswalk"]
    assert (row["old_id"], row["new_id"], row["confirmed"]) == ("0907", "0007", "no")
    assert "unlisted origin" in dataset["report"]["flow_rows"]
    table = client.get(f"/datasets/{dataset['id']}/crosswalk").text
    assert table.splitlines()[0].startswith("confirmed,old_id,")
    assert "0907" in table
    address = f"/datasets/{dataset['id']}/crosswalk"
    for wrong in ([99], [-1], [], ["x"]):
        assert client.post(address, json={"confirmed": wrong}).status_code == 422
    assert client.post("/datasets/nothing/crosswalk", json={"confirmed": [0]}).status_code == 404
    made = client.post(address, json={"confirmed": [0]})
    assert made.status_code == 201
    assert made.json()["report"]["flow_rows"] == {"feeding": 14}
    assert client.get(f"/datasets/{dataset['id']}").json()["report"]["flow_rows"] == dataset["report"]["flow_rows"]
    page = client.get(f"/browse/datasets/{dataset['id']}").text
    assert 'name="confirmed" value="0"' in page
    there = client.post(f"/browse/datasets/{dataset['id']}/crosswalk", data={"confirmed": "0"}, follow_redirects=False)
    assert there.status_code == 303


def test_a_confirmed_crosswalk_can_be_uploaded(client: TestClient) -> None:
    files = [toy_uploads()[0], upload("flows", old_flows()), upload("crosswalk", crosswalk())]
    assert taken(client, files)["report"]["flow_rows"] == {"feeding": 14}


def test_a_wrong_guess_is_overridden_by_name(client: TestClient) -> None:
    flows = toy_flows().assign(school_year="2023")
    files = [toy_uploads()[0], upload("flows", flows, "f.csv")]
    response = client.post("/datasets", files=files)
    assert response.status_code == 422
    assert "year_convention=spring" in response.text
    report = taken(client, files, read="f.csv:year_convention=spring")["report"]
    assert report["facts"]["school_years"] == [2022]


def test_travel_times_are_taken_by_every_way_in(client: TestClient, tmp_path: Path) -> None:
    files = [*toy_uploads(), upload("travel_times", travel_times(), "t.csv")]
    dataset = taken(client, files)
    assert dataset["report"]["facts"]["pairs_with_travel_times"] == 3
    assert "Pairs with travel times" in client.get(f"/browse/datasets/{dataset['id']}").text
    assert ask_for_zones(client, dataset["id"])["proposal"]["zones"]
    assert client.post("/zones", files=files).status_code == 200
    assert 'name="travel_times"' in client.get("/").text
    assert client.post("/browse/datasets", files=files, follow_redirects=False).status_code == 303
    command = []
    for role, table in (("schools", toy_schools()), ("flows", toy_flows()), ("travel-times", travel_times())):
        (tmp_path / role).write_bytes(csv(table))
        command += [f"--{role}", str(tmp_path / role)]
    for verb in ("check", "propose"):
        done = CliRunner().invoke(cli, [verb, *command])
        assert done.exit_code == 0, done.output
        assert "travel-times (travel_times): 3 rows, 3 used" in " ".join(done.output.split())


def test_wrong_travel_times_are_refused_with_row_and_column_and_stay_text(client: TestClient) -> None:
    hostile = "<img src=x onerror=alert(1)>{{7*7}}"
    wrong = with_cell(with_cell(travel_times(), 0, "minutes", "-1"), 2, "minutes", "-2")
    files = [*toy_uploads(), upload("travel_times", wrong, f"{hostile}.csv")]
    refused = client.post("/datasets", files=files)
    assert refused.status_code == 422
    problems = {(problem["row"], problem["column"], problem["value"]) for problem in refused.json()["problems"]}
    assert problems == {(2, "minutes", "-1"), (4, "minutes", "-2")}
    page = client.post("/browse/datasets", files=files)
    assert page.status_code == 422
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text


def test_a_strange_travel_time_is_a_warning_that_stays_text(client: TestClient) -> None:
    hostile = "<img src=x onerror=alert(1)>{{7*7}}"
    strange = with_cell(travel_times(), 2, "minutes", hostile)
    files = [*toy_uploads(), upload("travel_times", strange, "times.csv")]
    (warning,) = [each for each in taken(client, files)["report"]["warnings"] if each["table"] == "times.csv"]
    assert (warning["row"], warning["column"], warning["value"]) == (4, "minutes", hostile)
    page = client.post("/browse/datasets", files=files, follow_redirects=True)
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text


def test_catchments_beside_flows_name_islands_as_text(client: TestClient) -> None:
    schools = toy_schools()
    schools.loc[8, "name"] = "<b>Pine</b>"
    far = {"type": "Polygon", "coordinates": [[[-90, 30], [-89, 30], [-89, 31], [-90, 30]]]}
    files = [*toy_uploads(schools), upload("catchments", catchments("high"), "h.geojson")]
    files.append(upload("catchments", catchments(school_id="0009", geometry=far), "m.geojson"))
    dataset = taken(client, files)
    assert dataset["report"]["basis"]["method"] == "recorded"
    assert dataset["report"]["facts"]["schools_without_contiguous_neighbours"] == 1
    page = client.get(f"/browse/datasets/{dataset['id']}").text
    assert "touches no other" in page
    assert "<b>Pine" not in page
    assert "&lt;b&gt;Pine" in page


def test_rows_set_aside_are_listed(client: TestClient) -> None:
    schools = pd.concat([toy_schools(), toy_schools().iloc[[0]].assign(school_id="")])
    dataset = taken(client, [upload("schools", schools, "s.csv"), toy_uploads()[1]])
    table = client.get(f"/datasets/{dataset['id']}/set-aside")
    assert table.text == "file,row,reason\ns.csv,13,The school has no identifier.\n"
    assert table.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("form", ["records", "edfi", "calpads"])
def test_no_form_of_student_records_leaves_a_student_behind(client: TestClient, form: str) -> None:
    data = {"records": csv(students()), "edfi": csv(edfi_table()), "calpads": lines(calpads_rows(), "^")}[form]
    dataset = taken(client, [toy_uploads()[0], upload("students", data, "r.txt")])
    texts = everything_told(client, dataset)
    assert not [student for student in student_ids() if student in texts]
    report = dataset["report"]  # one cell of 30 students: 25 to 34, and no more than the 30 of the grade
    assert (report["flow_students_low"], report["flow_students_high"]) == ({"feeding": 25}, {"feeding": 30})


def test_a_refused_file_of_students_shows_none(client: TestClient) -> None:
    wrong = with_cell(students(), 4, "grade", student_ids()[4])
    refused = client.post("/datasets", files=[toy_uploads()[0], upload("students", wrong)])
    assert refused.status_code == 422
    (problem,) = refused.json()["problems"]
    assert (problem["row"], problem["column"], problem.get("value")) == (6, "grade", None)
    assert not [student for student in student_ids() if student in refused.text]


def test_estimates_by_distance_are_marked_everywhere(client: TestClient) -> None:
    dataset = taken(client, [toy_uploads()[0]], estimate="true")
    assert "Estimated flows" in client.get(f"/browse/datasets/{dataset['id']}").text
    answer = ask_for_zones(client, dataset["id"], minimum_schools=2)
    assert answer["proposal"]["flow_basis"]["method"] == "gravity"
    assert answer["proposal"]["notes"][0].startswith("ESTIMATED FLOWS.")
    zones = client.get(answer["links"]["zones"]).json()
    assert zones["flow_basis"]["is_estimated"] is True
    links = client.get(answer["links"]["links"]).text.splitlines()
    assert len(links) > 1
    assert all(line.endswith(",gravity") for line in links[1:])
    for address in (answer["links"]["map"], f"/browse/proposals/{answer['id']}"):
        assert "Estimated flows." in client.get(address).text


def test_control_counted_flows_are_not_called_estimated(client: TestClient, dataset_id: str) -> None:
    answer = ask_for_zones(client, dataset_id)
    assert answer["proposal"]["flow_basis"]["method"] == "recorded"
    texts = [json.dumps(answer["proposal"]), *(client.get(answer["links"][part]).text for part in PARTS)]
    texts += [client.get(f"/browse/{page}").text for page in (f"datasets/{dataset_id}", f"proposals/{answer['id']}")]
    assert not [text for text in texts if "estimated flows" in text.lower()]


@pytest.mark.parametrize("part", ["set-aside", "crosswalk"])
def test_parts_of_a_report_that_is_not_there(client: TestClient, part: str) -> None:
    assert client.get(f"/datasets/nothing/{part}").status_code == 404


@pytest.mark.parametrize("option", ["f.csv:flavour=1", "f.csv:header_row=0", "f.csv:columns.origin=From"])
def test_a_wrong_option_is_refused_and_nothing_is_kept(client: TestClient, option: str) -> None:
    before = client.get("/datasets").json()
    files = [toy_uploads()[0], upload("flows", toy_flows(), "f.csv")]
    refused = client.post("/datasets", files=files, data={"read": option})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["problems"][0]["remedy"]
    assert client.get("/datasets").json() == before
