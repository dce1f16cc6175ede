"""Wrong settings end a command with one line for each, and show no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import cli


def run(folder: Path, settings: dict[str, str], *words: str) -> Result:
    own = {f"FEEDER_ZONES_{name}": value for name, value in settings.items()}
    return CliRunner().invoke(
        cli, list(words), env={"FEEDER_ZONES_DATA_DIRECTORY": str(folder), "FEEDER_ZONES_METRICS_KEY": "hush", **own}
    )


@pytest.mark.parametrize(
    ("name", "value", "must_be"),
    [
        ("WORKERS", "abc", "a whole number from 1 to 64"),
        ("PORT", "99999", "a whole number from 1 to 65535"),
        ("JOB_TIME_LIMIT_S", "0", "a number above 0"),
        ("QUOTA_MB", "-1", "a whole number, 0 or more"),
        ("TELEMETRY", "perhaps", "true or false"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("ENGINE", "foo", "an address such as tcp://127.0.0.1:8786 or tls://scheduler.example:8786, or blank"),
        ("ROOT_PATH", "abc", "a path such as /feeder"),
        ("ALLOWED_HOSTS", "foo", 'a JSON list such as ["zones.example"]'),
        ("PROXY_ADDRESSES", '["x", "y"]', 'a JSON list such as ["127.0.0.1"]'),
    ],
)
def test_a_wrong_setting_is_one_line_of_every_command(tmp_path: Path, name: str, value: str, must_be: str) -> None:
    for words in (("serve",), ("keys", "list"), ("prune",)):
        result = run(tmp_path, {name: value}, *words)
        assert (result.exit_code, result.stdout) == (2, ""), words
        assert result.stderr == f'FEEDER_ZONES_{name} is "{value}". It must be {must_be}.\n'


def test_all_wrong_settings_are_said_at_once(tmp_path: Path) -> None:
    result = run(tmp_path, {"WORKERS": "0", "ALLOWED_HOSTS": "foo", "METRICS_KEY": "s" * 201}, "audit")
    assert len(result.stderr.splitlines()) == 3
    assert "sss" not in result.stderr


def test_half_of_a_way_to_sign_in_shows_no_other_setting(tmp_path: Path) -> None:
    result = run(tmp_path, {"OIDC_ISSUER": "https://issuer.example", "OIDC_AUDIENCE": "zones"}, "serve")
    assert result.exit_code == 2
    assert "FEEDER_ZONES_OIDC_KEYS is blank" in result.stderr
    assert "hush" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_variable_that_is_no_setting_is_named_with_the_nearest(tmp_path: Path) -> None:
    result = run(tmp_path, {"WORKER": "2"}, "agencies", "list")
    assert result.exit_code == 0
    assert "FEEDER_ZONES_WORKER is no setting, and is not used. Did you mean FEEDER_ZONES_WORKERS?" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("DISCLOSURE_POLICY", "nope"), ("MEMORY_MB", "100"), ("TELEMETRY", "true")]
)
def test_the_service_does_not_start_with_settings_it_could_not_work_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setattr("app.cli.read_settings.find_spec", lambda _name: None)
    monkeypatch.setattr("app.serving.serve_application", lambda *_: pytest.fail("it started"))
    result = run(tmp_path, {name: value}, "serve")
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f'FEEDER_ZONES_{name} is "{value}". It must be ')
