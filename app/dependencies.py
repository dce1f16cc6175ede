"""What routes are given: settings, store, runner."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from app.jobs import JobRunner
from app.settings import Settings
from app.store import Store


def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


def _store(request: Request) -> Store:
    return request.app.state.store  # type: ignore[no-any-return]


def _runner(request: Request) -> JobRunner:
    return request.app.state.runner  # type: ignore[no-any-return]


SettingsHere = Annotated[Settings, Depends(_settings)]
StoreHere = Annotated[Store, Depends(_store)]
RunnerHere = Annotated[JobRunner, Depends(_runner)]
