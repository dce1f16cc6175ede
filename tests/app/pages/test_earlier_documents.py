"""After an upgrade nothing that is stored is lost, and every page opens, whatever shape its document has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from starlette.testclient import TestClient

from app.queries.capacity_kinds import CAPACITY_KINDS, CapacityKind
from app.store import DOCUMENT_FORMATS
from tests.databases import copy_folder, engine_of
from tests.examples.service_requests import ask_for_zones, compute, running_service, toy_uploads, wait_for_job
from tests.examples.toy_register import register_uploads

pytestmark = pytest.mark.usefixtures("one_process")

KINDS = tuple(CAPACITY_KINDS.values())
KEPT = ("parameters", "provenance")
EARLIER = "Made by an earlier version"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a service with a match and a year plan."""
    folder = tmp_path_factory.mktemp("stored")
    with running_service(folder) as client:
        dataset = client.post("/datasets", files=toy_uploads(), data={"name": "Toy district"}).json()["id"]
        proposal = ask_for_zones(client, dataset, identification="official:designation=CSI")["id"]
        register = client.post("/registers", files=register_uploads(), data={"name": "Ours"}).json()["id"]
        for kind in KINDS:
            request = {"register_id": register, "parameters": {"need": "students"}, "name": "Draft"}
            job = client.post(f"/proposals/{proposal}/{kind.path}", json=request)
            assert wait_for_job(client, job.headers["location"])["status"] == "succeeded"
    return folder


@pytest.fixture
def folder(stored: Path, tmp_path: Path) -> Path:
    return copy_folder(stored, tmp_path / "data")


@pytest.fixture
def database(folder: Path) -> Iterator[Connection]:
    with engine_of(folder).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def age_results(database: Connection) -> None:
    """Give matches and year plans documents of a shape that nothing knows."""
    for result, file, content in database.execute(text("SELECT result_id, file, content FROM capacity_part")).all():
        if file.endswith(".json"):
            old = json.dumps({name: value for name, value in json.loads(content).items() if name in KEPT}).encode()
            change = "UPDATE capacity_part SET content = :old WHERE result_id = :result AND file = :file"
            database.execute(text(change), {"old": old, "result": result, "file": file})
    age(database, "capacity_result")


def age_proposal(database: Connection) -> None:
    """The same for the proposal."""
    ((content,),) = database.execute(text("SELECT document FROM proposal")).all()
    old = json.dumps({name: json.loads(content)[name] for name in KEPT}).encode()
    database.execute(text("UPDATE proposal SET document = :old, summary = '{}'"), {"old": old})
    age(database, "proposal")


def age(database: Connection, table: str) -> None:
    database.execute(text(f"UPDATE {table} SET document_format = 0"))


def pages(client: TestClient) -> dict[str, int]:
    """The status of every page that links lead to from the first page on."""
    seen: dict[str, int] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        seen[address] = response.status_code
        if address == "/" or address.startswith("/browse"):
            links = set(re.findall(r'(?:href|src)="(/[^"#]*)', response.text)) - set(seen)
            waiting += sorted(link for link in links - set(waiting) if not link.startswith(("/static", "/docs")))
    return seen


def own(client: TestClient, kind: CapacityKind) -> dict[str, Any]:
    """The only match or year plan, from the list."""
    (listed,) = client.get(f"/{kind.path}").json()
    return dict(listed)


def test_every_page_opens_when_every_document_is_of_an_earlier_version(folder: Path, database: Connection) -> None:
    age_results(database)
    age_proposal(database)
    database.execute(text("UPDATE register SET report = '{}', summary = '{}', content = ''"))
    age(database, "register")
    database.execute(text("UPDATE dataset SET report = '{}', summary = '{}', scenario_hash = 'gone'"))
    age(database, "dataset")
    with running_service(folder) as client:
        seen = pages(client)
        broken = {address: status for address, status in seen.items() if status != 200}
        assert not broken
        assert sum(address.startswith("/browse/") for address in seen) > 8


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path)
def test_a_result_of_an_earlier_version_is_there_and_can_be_asked_for_again(
    folder: Path, database: Connection, kind: CapacityKind
) -> None:
    age_results(database)
    with running_service(folder) as client:
        before = own(client, kind)
        page = client.get(f"/browse/{kind.path}/{before['id']}").text
        for words in (EARLIER, "Draft", before["summary"]["statement"], before["request"], "Ask again"):
            assert words.replace("&", "&amp;") in page
        document = client.get(f"/{kind.path}/{before['id']}").json()[kind.name.replace(" ", "_")]
        assert set(document) == set(KEPT)
        for part in kind.parts[1:]:
            query = text("SELECT content FROM capacity_part WHERE result_id = :result AND file = :file")
            ((content,),) = database.execute(query, {"result": before["id"], "file": part.file}).all()
            assert client.get(f"/{kind.path}/{before['id']}/{part.path}").content == content
        job = client.post(f"/browse/{kind.path}/{before['id']}/again", follow_redirects=False).headers["location"]
        assert wait_for_job(client, job.removeprefix("/browse"))["status"] == "succeeded"
        again, still = client.get(f"/{kind.path}").json()
        assert still == before
        same = ("name", "request", "summary", "proposal_id", "register_id")
        assert [again[name] for name in same] == [before[name] for name in same]
        assert (again["document_format"], before["document_format"]) == (DOCUMENT_FORMATS[kind.name], 0)
        assert EARLIER not in client.get(f"/browse/{kind.path}/{again['id']}").text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path)
def test_analyses_of_a_result_of_an_earlier_version_start_from_its_request(
    folder: Path, database: Connection, kind: CapacityKind
) -> None:
    with running_service(folder) as client:
        address = f"/{kind.path}/{own(client, kind)['id']}/best-{kind.path}"
        now = compute(client, address).json()
    age_results(database)
    with running_service(folder) as client:
        assert client.get(address).json() == now
        # Another number, which was not computed before.
        again = compute(client, address, params={"count": 1}).json()
        assert again["provenance"] == now["provenance"]
        assert client.get(f"/browse{address}").status_code == 200


def test_a_proposal_of_an_earlier_version_is_there_and_can_be_asked_for_again(
    folder: Path, database: Connection
) -> None:
    age_proposal(database)
    with running_service(folder) as client:
        (before,) = client.get("/proposals").json()
        own_page = f"/browse/proposals/{before['id']}"
        page = client.get(own_page).text
        assert EARLIER in page
        assert "Ask again" in page
        assert set(client.get(f"/proposals/{before['id']}").json()["proposal"]) == set(KEPT)
        # Nothing is worked out from a document that cannot be read, and the answer says what to do.
        for path in (f"{own_page}/zones/zone-0010/record", f"/proposals/{before['id']}/reach"):
            response = client.get(path)
            assert response.status_code == 409
            assert "Ask for it again with the same parameters." in response.json()["detail"]
        for path in ("readiness", "progress"):
            assert str(client.get(f"{own_page}/{path}").url).endswith(own_page)
        request = {"register_id": client.get("/registers").json()[0]["id"]}
        assert client.post(f"/proposals/{before['id']}/matches", json=request).status_code == 409
        job = client.post(f"{own_page}/again", follow_redirects=False).headers["location"]
        assert wait_for_job(client, job.removeprefix("/browse"))["status"] == "succeeded"
        again, still = client.get("/proposals").json()
        assert still == before
        page = client.get(f"/browse/proposals/{again['id']}").text
        assert EARLIER not in page
        assert before["id"] not in page  # it cannot be compared with


def test_registers_and_datasets_are_described_anew_when_the_service_starts(folder: Path, database: Connection) -> None:
    with running_service(folder) as client:
        addresses = [f"/{each}/{client.get(f'/{each}').json()[0]['id']}" for each in ("registers", "datasets")]
        before = [client.get(address).json() for address in addresses]
    for table in ("register", "dataset"):
        database.execute(text(f"UPDATE {table} SET report = '{{}}', summary = '{{}}'"))
        age(database, table)
    with running_service(folder) as client:
        assert [client.get(address).json() for address in addresses] == before
        for address in addresses:
            assert "earlier version" not in client.get(f"/browse{address}").text
    formats = database.execute(text("SELECT document_format FROM register")).scalars().all()
    assert formats == [DOCUMENT_FORMATS["register"]]
