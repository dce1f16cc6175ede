"""Uploads do not outlive the service."""

from __future__ import annotations

from pathlib import Path

from tests.examples.service_requests import running_service


def test_what_a_killed_service_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "uploads" / "left").mkdir(parents=True)
    with running_service(tmp_path):
        assert not (tmp_path / "uploads" / "left").exists()
