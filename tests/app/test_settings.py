"""Settings: read from the environment, told in the guide."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings, is_loopback

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FEEDER_ZONES_DATA_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("FEEDER_ZONES_PORT", "8080")
    monkeypatch.setenv("FEEDER_ZONES_ALLOWED_HOSTS", '["zones.example"]')
    settings = Settings()
    assert (settings.data_directory, settings.port, settings.allowed_hosts) == (tmp_path, 8080, ("zones.example",))


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "0"), ("PORT", "high"), ("WORKERS", "0"), ("JOB_TIME_LIMIT_S", "-1"), ("JOB_MEMORY_MB", "1")],
)
def test_settings_that_cannot_be_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"FEEDER_ZONES_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_the_defaults_are_safe() -> None:
    settings = Settings()
    assert ipaddress.ip_address(settings.host).is_loopback
    assert not settings.allow_remote
    assert not settings.allow_exact
    assert not settings.allow_release


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *((host, True) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost")),
        *((host, False) for host in ("0.0.0.0", "::", "10.0.0.1", "zones.example", "")),
    ],
)
def test_loopback_addresses_are_told_apart(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_guide_tells_of_every_setting(name: str) -> None:
    assert f"FEEDER_ZONES_{name.upper()}" in GUIDE.read_text(encoding="utf-8")
    assert Settings.model_fields[name].description
