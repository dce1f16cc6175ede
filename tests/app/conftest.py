"""The service over a folder of its own, and the toy district as files to upload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.databases import drop_databases, is_postgres
from tests.examples.one_process import in_one_process
from tests.examples.service_requests import ReleasingClient, ask_for_zones, toy_uploads


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("service")
    return Settings(data_directory=folder, maximum_upload_mb=2, maximum_files=6, allow_release=True)


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[TestClient]:
    """The service, running for all tests; redirections are shown, not followed."""
    with ReleasingClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False) as running:
        yield running


@pytest.fixture(scope="module")
def one_process() -> Iterator[None]:
    """Work is done in this process, each piece once: for files of tests that look at answers alone."""
    with in_one_process():
        yield


@pytest.fixture(scope="session")
def dataset_id(client: TestClient) -> str:
    response = client.post("/datasets", files=toy_uploads(), data={"name": "Toy district"})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


@pytest.fixture(scope="session")
def proposal_id(client: TestClient, dataset_id: str) -> str:
    return str(ask_for_zones(client, dataset_id, identification="official:designation=CSI")["id"])


@pytest.fixture
def toy_files(tmp_path: Path) -> tuple[Path, Path]:
    """The toy district's schools and flows as files."""
    paths = []
    for _, (name, content, _) in toy_uploads():
        (tmp_path / name).write_bytes(content)
        paths.append(tmp_path / name)
    schools, flows = paths
    return schools, flows


@pytest.fixture(autouse=True)
def _dropped_databases(request: pytest.FixtureRequest) -> Iterator[None]:
    """On PostgreSQL, the databases of a test's own folder go with it."""
    if not is_postgres() or "tmp_path" not in request.fixturenames:
        yield
        return
    own = request.getfixturevalue("tmp_path")
    yield
    drop_databases(own)
