"""Requests that no client should make: each gets a problem document; none stores anything or ends anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.examples.service_requests import Upload, compute, toy_uploads, upload
from tests.examples.toy_district import toy_flows, toy_schools

pytestmark = pytest.mark.usefixtures("one_process")

SCHOOLS, FLOWS = toy_uploads()

BAD_FILES: dict[str, bytes] = {
    "empty": b"",
    "blank": b"   \n\n",
    "header only": b"school_id,name\n",
    "no known column": b"a,b\n1,2\n",
    "nul bytes": b"school_id,name\n\x00\x00,\x00\n",
    "image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "zip": b"PK\x03\x04" + bytes(200),
    "ragged": b"school_id,name\n0001,a,b,c,d\n",
    "unclosed quote": b'school_id,name\n0001,"a\n0002,b\n',
    "two ids": b"school_id,NCESSCH,school_id\n1,2,3\n",
    "same id twice": b"school_id,name\n0001,a\n0001,b\n",
    "id as number": b"school_id,name\n1.00005E+11,a\n",
    "no id": b"school_id,name\n,a\n",
    "latitude": b"school_id,lat,lon\n0001,95,-98\n",
    "longitude": b"school_id,lat,lon\n0001,38,-181\n",
    "swapped": b"school_id,lat,lon\n0001,-98,38\n",
    "enrolment": b"school_id,enrollment\n0001,1e999\n",
    "vrt": b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>",
    "html": b"<html><script>alert(1)</script></html>",
    "json": b'[{"school_id": ""}]',
    "one long cell": b"school_id,name\n0001," + b"x" * 1_500_000 + b"\n",
    "wide": b",".join(b"c%d" % number for number in range(20_000)) + b"\n1\n",
}


def _flows(**cells: str) -> bytes:
    table = toy_flows()
    for name, value in cells.items():
        table.loc[0, name] = value
    return table.to_csv(index=False).encode()


BAD_FLOWS: dict[str, bytes] = {
    "negative": _flows(students="-5"),
    "text": _flows(students="many"),
    "infinite": _flows(students="inf"),
    "huge": _flows(students="9" * 400),
    "blank": _flows(students=""),
    "year": _flows(school_year="2022-25"),
    "origin": _flows(origin=""),
    "lost zero": _flows(origin="1"),
    "no students": toy_flows().rename(columns={"students": "how many"}).to_csv(index=False).encode(),
    "no destination column": toy_flows().drop(columns="destination").to_csv(index=False).encode(),
}

BAD_PARAMETERS: dict[str, Any] = {
    "unknown": {"colour": "blue"},
    "dunder": {"__class__": "x"},
    "weight text": {"leakage_weight": "heavy"},
    "weight negative": {"leakage_weight": -1},
    "weight nan": {"leakage_weight": "nan"},
    "weight infinite": {"leakage_weight": "inf"},
    "sizes crossed": {"minimum_schools": 9, "maximum_schools": 3},
    "size zero": {"minimum_schools": 0},
    "size fraction": {"maximum_schools": 2.5},
    "size boolean": {"maximum_schools": True},
    "size huge": {"maximum_schools": 10**400},
    "size list": {"maximum_schools": [3]},
    "steps": {"maximum_steps": 0},
    "share": {"minimum_link_share": 1.5},
    "rule empty": {"identification": ""},
    "rule unknown": {"identification": "ouija"},
    "rule code": {"identification": "__import__('os').system('true')"},
    "rule threshold": {"identification": "graduation_rate<170"},
    "rule number": {"identification": 5},
    "rule of blanks": {"identification": "official:" + " " * 100_000 + "x"},
    "many locks": {"force_in": [f"{number:05d}" for number in range(20_000)]},
    "method": {"method": "magic"},
    "disclosure": {"disclosure": "everything"},
    "time": {"time_limit_s": -1},
    "years text": {"years": "then"},
    "years nested": {"years": [[2022]]},
    "locks contradict": {"force_in": ["0001"], "force_out": ["0001"]},
    "deep": {"years": json.loads("[" * 100 + "]" * 100)},
}

BAD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "not json": b"{",
    "list": b"[]",
    "null": b"null",
    "no dataset": b'{"parameters": {}}',
    "more": b'{"dataset_id": "x", "more": 1}',
    "dataset number": b'{"dataset_id": 7}',
    "dataset long": b'{"dataset_id": "' + b"x" * 65 + b'"}',
    "parameters list": b'{"dataset_id": "x", "parameters": []}',
    "not utf-8": b'{"dataset_id": "\xff\xfe"}',
    "deep": b'{"dataset_id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "surrogate": b'{"dataset_id": "\\ud800"}',
}


def is_problem(response: Any, *statuses: int) -> dict[str, Any]:
    assert response.status_code in statuses, (response.status_code, response.text[:500])
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    for secret in ("Traceback", "/site-packages/", "/tmp", "root:"):
        assert secret not in response.text
    return body


@pytest.fixture(autouse=True)
def _nothing_is_stored_and_the_service_lives(client: TestClient) -> Any:
    before = client.get("/datasets").json()
    yield
    assert client.get("/datasets").json() == before
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/datasets", "/zones"])
@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_school_files(client: TestClient, path: str, kind: str) -> None:
    body = is_problem(client.post(path, files=[upload("schools", BAD_FILES[kind], f"{kind}.csv"), FLOWS]), 422)
    assert body["problem_count"] >= 1
    assert all(problem["message"] and problem["remedy"] for problem in body["problems"])
    assert any(problem["table"] == f"{kind}.csv" for problem in body["problems"])
    # A cell as long as the file is not sent back whole.
    assert len(json.dumps(body)) < 1_000_000


@pytest.mark.parametrize("kind", BAD_FLOWS)
def test_bad_flow_files(client: TestClient, kind: str) -> None:
    body = is_problem(client.post("/datasets", files=[SCHOOLS, upload("flows", BAD_FLOWS[kind])]), 422)
    assert {problem["table"] for problem in body["problems"]} == {"flows.csv"}


@pytest.mark.parametrize("kind", BAD_PARAMETERS)
def test_bad_parameters(client: TestClient, dataset_id: str, kind: str) -> None:
    jobs = client.get("/jobs").json()
    body = is_problem(
        client.post(
            "/proposals",
            content=json.dumps({"dataset_id": dataset_id, "parameters": BAD_PARAMETERS[kind]}),
            headers={"Content-Type": "application/json"},
        ),
        422,
    )
    assert all(problem["message"] for problem in body["problems"])
    assert client.get("/jobs").json() == jobs
    one_shot = client.post("/zones", files=toy_uploads(), data={"parameters": json.dumps(BAD_PARAMETERS[kind])})
    is_problem(one_shot, 422)


@pytest.mark.parametrize("kind", BAD_BODIES)
def test_bad_bodies(client: TestClient, kind: str) -> None:
    headers = {"Content-Type": "application/json"}
    is_problem(client.post("/proposals", content=BAD_BODIES[kind], headers=headers), 400, 404, 422)


@pytest.mark.parametrize("body", [b"{bad", b"{", b'{"dataset_id": }', b"'x'"])
def test_a_body_that_is_not_json_is_told_as_such(client: TestClient, body: bytes) -> None:
    answer = client.post("/proposals", content=body, headers={"Content-Type": "application/json"})
    refusal = is_problem(answer, 400)
    assert refusal["problem_count"] == 1
    (problem,) = refusal["problems"]
    assert (problem["table"], problem["column"]) == ("request", "body")
    assert "not JSON" in problem["message"]
    assert problem["remedy"]


@pytest.mark.parametrize(
    ("method", "path", "name", "remedy"),
    [
        (
            "GET",
            "/proposals/{id}/plans?cuont=3",
            "cuont",
            "Did you mean count? Known: count, f, minimum_difference_schools.",
        ),
        ("GET", "/proposals/{id}/reach?anchor=0010", "anchor", "Did you mean anchor_id? Known: anchor_id, f."),
        ("GET", "/proposals/{id}/trade-off?leakage_weight=1", "leakage_weight", "Did you mean leakage_weights?"),
        ("GET", "/proposals/{id}/schools?format=csv", "format", "Known: f."),
        ("GET", "/proposals/{id}/comparison/{id}?tables=zones", "tables", "Did you mean table?"),
        ("GET", "/proposals?dataset=x", "dataset", "Did you mean dataset_id?"),
        ("GET", "/jobs?status=done", "status", "Known: after, limit."),
        ("GET", "/datasets?limits=5", "limits", "Did you mean limit?"),
        ("GET", "/healthz?deep=1", "deep", "This request takes none"),
        ("DELETE", "/proposals/nothing?force=1", "force", "This request takes none"),
        ("POST", "/datasets/x/plans?set=maximum_schools=8", "set", "This request takes none"),
    ],
)
def test_a_query_that_is_not_known_is_refused(
    client: TestClient, proposal_id: str, method: str, path: str, name: str, remedy: str
) -> None:
    refusal = is_problem(client.request(method, path.replace("{id}", proposal_id)), 422)
    (problem,) = refusal["problems"]
    assert (problem["table"], problem["column"]) == ("request", name)
    assert problem["remedy"].startswith(remedy)


def test_parameters_in_the_address_are_refused_and_not_ignored(client: TestClient) -> None:
    for path, files in (("/zones?maximum_schools=5", toy_uploads()), ("/proposals?maximum_schools=5", None)):
        refusal = is_problem(client.post(path, files=files, json=None if files else {"dataset_id": "x"}), 422)
        assert refusal["problems"][0]["column"] == "maximum_schools"
        assert "into the body" in refusal["problems"][0]["remedy"]


def test_only_requests_that_could_store_say_that_nothing_was_stored(client: TestClient, proposal_id: str) -> None:
    for path in (
        f"/proposals/{proposal_id}/reach?anchor_id=0001",
        f"/proposals/{proposal_id}/plans?count=0",
        "/jobs?a=1",
    ):
        assert "stored" not in client.get(path).text
    answer = client.post("/zones", files=toy_uploads(), data={"set": "colour=blue"})
    assert is_problem(answer, 422)["detail"] == "1 problem in the input. Nothing was stored."


def test_a_parameter_given_in_both_fields_is_refused(client: TestClient, dataset_id: str) -> None:
    both = {
        "parameters": '{"maximum_schools": 8, "leakage_weight": 1}',
        "set": ["maximum_schools=9", "same_district=no"],
    }
    plan = [upload("plan", b"school_id,zone\n0010,a\n0007,a\n", "plan.csv")]
    for path, files in (("/zones", toy_uploads()), (f"/datasets/{dataset_id}/plans", plan)):
        (problem,) = is_problem(client.post(path, files=files, data=both), 422)["problems"]
        assert problem["column"] == "maximum_schools"
        assert problem["message"].endswith("in the field parameters and in the field set.")
    single = {"parameters": '{"maximum_schools": 8}', "maximum_schools": "9"}
    (problem,) = is_problem(client.post("/zones", files=toy_uploads(), data=single), 422)["problems"]
    assert problem["column"] == "maximum_schools"
    assert "field parameters, or in the field set as maximum_schools=value" in problem["remedy"]


def test_an_anchor_is_named_as_it_was_asked_for(client: TestClient, proposal_id: str) -> None:
    answer = compute(client, f"/proposals/{proposal_id}/reach", params={"anchor_id": ["0001", "0010"]})
    problems = is_problem(answer, 422)["problems"]
    assert [(each["column"], each["value"]) for each in problems] == [("anchor_id", "0001")]


def test_wrong_parameters_and_unknown_schools_are_told_at_once(client: TestClient, dataset_id: str) -> None:
    parameters = {"levels": "primary", "force_in": ["9999"], "keep_together": [["0001", "a+b"]]}
    request = {"dataset_id": dataset_id, "parameters": parameters}
    wanted = [("levels", "primary"), ("force_in", "9999"), ("keep_together", "a+b")]
    plan = [upload("plan", b"school_id,zone\n0010,a\n0007,a\n", "plan.csv")]
    for answer in (
        client.post("/proposals", json=request),
        client.post(f"/datasets/{dataset_id}/plans", files=plan, data={"parameters": json.dumps(parameters)}),
    ):
        assert [(each["column"], each["value"]) for each in is_problem(answer, 422)["problems"]] == wanted


FORMS: dict[str, tuple[list[Upload], dict[str, str]]] = {
    "no file": ([], {}),
    "no flows": ([SCHOOLS], {}),
    "no schools": ([FLOWS], {}),
    "text for a file": ([FLOWS], {"schools": "school_id"}),
    "name too long": ([SCHOOLS, FLOWS], {"name": "x" * 201}),
    "encoding unknown": ([SCHOOLS, FLOWS], {"encoding": "klingon"}),
    "encoding that is none of text": ([SCHOOLS, FLOWS], {"encoding": "rot13"}),
    "encoding that runs": ([SCHOOLS, FLOWS], {"encoding": "unicode_escape"}),
    "encoding too long": ([SCHOOLS, FLOWS], {"encoding": "u" * 41}),
}


@pytest.mark.parametrize("kind", FORMS)
def test_bad_forms(client: TestClient, kind: str) -> None:
    files, data = FORMS[kind]
    is_problem(client.post("/datasets", files=files, data=data), 422)


@pytest.mark.parametrize("text", ["[", "[]", "3", '"x"', "[" * 100_000])
def test_bad_parameters_of_a_form(client: TestClient, text: str) -> None:
    refusal = is_problem(client.post("/zones", files=toy_uploads(), data={"parameters": text}), 422)
    assert [problem["column"] for problem in refusal["problems"]] == ["parameters"]


def test_a_form_that_is_none(client: TestClient) -> None:
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
    ):
        is_problem(client.post("/datasets", content=b"--x\r\n\r\nbroken", headers={"Content-Type": kind}), 400, 422)
    is_problem(client.post("/datasets", content=b"broken", headers={"Content-Type": "text/plain"}), 415)


@pytest.mark.parametrize("kind", ["datasets", "jobs", "proposals"])
@pytest.mark.parametrize(
    ("identifier", "status"),
    [
        ("nothing", 404),
        ("..%2f..%2fetc%2fpasswd", 404),
        ("%00", 400),
        ("' OR 1=1 --", 404),
        ("x" * 3000, 404),
        ("%f0%9f%92%a9", 404),
    ],
)
def test_unknown_things(client: TestClient, kind: str, identifier: str, status: int) -> None:
    is_problem(client.get(f"/{kind}/{identifier}"), status)
    is_problem(client.delete(f"/{kind}/{identifier}"), status)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/zones", 405),
        ("PUT", "/datasets", 405),
        ("PATCH", "/proposals/x", 405),
        ("GET", "/static/../settings.py", 404),
        ("GET", "/static/%2e%2e/%2e%2e/settings.py", 404),
        ("GET", "/proposals/x/nothing", 404),
        ("GET", "/proposals/x/map", 404),
        ("POST", "/healthz", 405),
    ],
)
def test_unknown_ways(client: TestClient, method: str, path: str, status: int) -> None:
    is_problem(client.request(method, path), status)


def test_a_list_that_the_files_do_not_have(client: TestClient, dataset_id: str) -> None:
    response = client.post(
        "/proposals",
        json={"dataset_id": dataset_id, "parameters": {"identification": "official:nothing=CSI"}},
        headers={"Prefer": "wait=60"},
    )
    body = is_problem(response, 422)
    assert "designation" in json.dumps(body), "the columns there are should be named"


def test_schools_that_no_lock_can_name(client: TestClient, dataset_id: str) -> None:
    response = client.post(
        "/proposals",
        json={"dataset_id": dataset_id, "parameters": {"force_in": ["9999"]}},
        headers={"Prefer": "wait=60"},
    )
    body = is_problem(response, 422)
    assert [(problem["column"], problem["value"]) for problem in body["problems"]] == [("force_in", "9999")]


def test_the_toy_district_itself_is_sound(client: TestClient) -> None:
    assert client.post("/zones", files=toy_uploads(toy_schools(), toy_flows())).status_code == 200


def test_a_forgotten_at_sign_of_curl_is_explained(client: TestClient) -> None:
    response = client.post("/datasets", files={"schools": (None, "schools.csv")})
    assert response.status_code == 422
    problem = next(each for each in response.json()["problems"] if each["column"].startswith("schools"))
    assert problem["message"] == "This is text, not a file."
    assert problem["remedy"] == "With curl, write -F schools=@FILE."


@pytest.mark.parametrize("day", ["2027-13-01", "2027-02-30", "20270101", "soon"])
def test_a_day_that_is_none_says_the_form(client: TestClient, day: str) -> None:
    (problem,) = client.get("/records/due", params={"on": day}).json()["problems"]
    assert problem["remedy"] == "Give a day of the form YYYY-MM-DD, such as 2027-08-31."
