"""Files of any kind over HTTP: the same document as the command and the library, and nothing is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.commands import cli
from clustering import check_document, check_files, json_bytes
from tests.examples.service_requests import toy_uploads


def any_role(*names: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    """The toy district's files in the one field of a check."""
    return [("files", file) for _, file in toy_uploads() if file[0] in names]


def test_command_service_and_library_give_the_same_document(
    client: TestClient, toy_files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(toy_files[0].parent)
    before = client.get("/datasets").json()
    response = client.post("/checks", files=any_role("schools.csv", "flows.csv"))
    assert response.status_code == 200
    assert client.get("/datasets").json() == before
    out = tmp_path / "out"
    result = CliRunner().invoke(cli, ["check", "schools.csv", "flows.csv", "--out", str(out)])
    assert result.exit_code == 0
    library = json_bytes(check_document(check_files(["schools.csv", "flows.csv"])))
    assert response.content == (out / "check.json").read_bytes() == library
    body = response.json()
    assert body["roles"] == {
        "flows": ["flows.csv"],
        "schools": ["schools.csv"],
    }
    assert body["command"] == "zones propose --schools schools.csv --flows flows.csv"
    assert body["matches"][0]["share_listed"] == 1


def test_options_are_read_and_unknown_fields_and_too_many_files_refused(client: TestClient) -> None:
    files = any_role("flows.csv")
    asked = client.post("/checks", files=files, data={"read": "flows.csv:kind=table of schools"}).json()
    assert (asked["files"][0]["role"], asked["all_readable"]) == ("schools", False)
    assert client.post("/checks", files=files, data={"estimate": "true"}).status_code == 422
    assert client.post("/checks", files=files, data={"read": "nothing=1"}).status_code == 422
    assert client.post("/checks", files=files * 7).status_code == 413
    assert client.post("/checks").status_code == 422


def test_a_hostile_name_stays_text(client: TestClient) -> None:
    response = client.post("/checks", files=[("files", ("../..\\e\x1b[1m'`$(x).csv", b"a,b\n1,2\n", "text/csv"))])
    (file,) = response.json()["files"]
    assert (file["role"], "/" in file["name"]) == (None, False)
    assert "\x1b" not in json.dumps(file, ensure_ascii=False)
