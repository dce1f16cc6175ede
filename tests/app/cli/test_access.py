"""Keys, agencies, people and the audit trail from the command line; where the service may listen."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import cli
from app.store import CheckedRegister, open_store

RUN = CliRunner()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEEDER_ZONES_DATA_DIRECTORY", str(tmp_path))
    return tmp_path


def run(*words: str) -> str:
    result = RUN.invoke(cli, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_key_is_shown_once(folder: Path) -> None:
    run("agencies", "add", "nc", "--name", "North Carolina")
    assert "nc  North Carolina" in run("agencies", "list")
    key = run("keys", "add", "Ann Lee", "--role", "analyst", "--role", "exact", "--agency", "nc").strip()
    _, identifier, secret = key.split("_", 2)
    listed = run("keys", "list")
    assert f"{identifier}  nc  Ann Lee  (analyst, exact)  holds, until 20" in listed
    assert secret not in listed
    stored = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    assert secret.encode() not in stored
    run("keys", "revoke", identifier)
    assert "revoked" in run("keys", "list", "--agency", "nc")
    assert run("keys", "list", "--agency", "local") == ""


def test_what_cannot_be_is_refused() -> None:
    for words in (
        ["keys", "add", "Ann", "--role", "king"],
        ["keys", "add", "Ann", "--agency", "zz"],
        ["keys", "revoke", "000000000000"],
        ["agencies", "add", "North Carolina"],
        ["agencies", "add", "local"],
        ["people", "set", "ann", "--agency", "zz", "--role", "viewer"],
    ):
        assert RUN.invoke(cli, words).exit_code == 2, words


def test_what_commands_do_is_in_the_audit_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    run("agencies", "add", "nc", "--name", "North Carolina")
    identifier = run("keys", "add", "Ann Lee", "--role", "analyst", "--agency", "nc").split("_")[1]
    run("keys", "revoke", identifier)
    run("people", "set", "ben", "--role", "viewer", "--agency", "nc")
    run("people", "set", "ben", "--role", "exact")  # of the agency local from now on
    run("people", "set", "ben")
    trail = [" ".join(line.split()) for line in run("audit", "--agency", "nc").splitlines()]
    assert [line.split(" (command line) ")[1] for line in trail] == [
        "person's roles taken away ben done",
        "person's roles set to viewer ben done",
        f"key revoked {identifier} done",
        f"key added for analyst {identifier} done",
        "agency added nc done",
    ]
    own = [" ".join(line.split()).split(" root (command line) ")[1] for line in run("audit").splitlines()]
    assert own == ["person's roles taken away ben done", "person's roles set to exact ben done"]


def test_people_and_the_audit_trail(folder: Path) -> None:
    run("people", "set", "ann", "--role", "viewer")
    assert "ann  local  (viewer)" in run("people", "list")
    run("people", "set", "ann")
    assert run("people", "list") == ""
    store = open_store(folder)
    kept = store.of_agency("local").capacity.add_register("Ours", CheckedRegister(report={}, summary={}, content=b""))
    store.close()
    assert f"this machine register added {kept.id} done" in " ".join(run("audit").split())


def test_the_service_listens_elsewhere_only_where_callers_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr("app.serving.serve_application", lambda settings, _workers: started.append(settings.host))
    words = ["serve", "--host", "0.0.0.0"]
    assert RUN.invoke(cli, words).exit_code == 2
    monkeypatch.setenv("FEEDER_ZONES_ALLOW_REMOTE", "true")
    assert "nobody is answered" in " ".join(RUN.invoke(cli, words).output.split())
    monkeypatch.delenv("FEEDER_ZONES_ALLOW_REMOTE")
    monkeypatch.setenv("FEEDER_ZONES_PROXY_USER_HEADER", "X-User")
    assert RUN.invoke(cli, words).exit_code == 0
    monkeypatch.delenv("FEEDER_ZONES_PROXY_USER_HEADER")
    run("keys", "add", "Ann")
    assert RUN.invoke(cli, words).exit_code == 0
    assert started == ["0.0.0.0"] * 3


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("foo", "'foo' is no address of a database"),
        ("postgresql//ann:secret@host/x", "This is no address of a database"),
        ("mysql://x", "must be SQLite or PostgreSQL, not mysql"),
        ("postgresql://127.0.0.1:1/x", "The database (FEEDER_ZONES_DATABASE) cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_opened_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setenv("FEEDER_ZONES_DATABASE", address)
    result = RUN.invoke(cli, ["keys", "list"])
    assert (result.exit_code, said in result.stderr, "secret" in result.stderr) == (1, True, False)
    assert len(result.stderr.splitlines()) == 1


def test_an_unknown_agency_is_said_and_the_default_role_is_in_the_help() -> None:
    for words in (["audit"], ["keys", "list"]):
        result = RUN.invoke(cli, [*words, "--agency", "zz"])
        assert (result.exit_code, result.stdout) == (2, ""), words
        assert "There is no such agency: zz. zones agencies list shows them." in result.stderr
    assert "viewer if not given" in " ".join(run("keys", "add", "--help").replace("│", " ").split())
