"""What routes are given: settings, store, runner, uploads."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, File, Form, Request, UploadFile

from app.actions import Uploads
from app.jobs import JobRunner
from app.settings import Settings
from app.store import Store


def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


def _store(request: Request) -> Store:
    return request.app.state.store  # type: ignore[no-any-return]


def _runner(request: Request) -> JobRunner:
    return request.app.state.runner  # type: ignore[no-any-return]


def _uploads(
    schools: Annotated[list[UploadFile], File(description="Tables of schools, joined on the school id.")],
    flows: Annotated[list[UploadFile], File(description="Students by origin, destination, grade and year; added up.")],
    performance: Annotated[list[UploadFile], File(description="Graduation rates or official lists.")] = [],  # noqa: B006
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the files, if not UTF-8.")] = "",
) -> Uploads:
    return Uploads({"schools": schools, "flows": flows, "performance": performance}, encoding)


SettingsHere = Annotated[Settings, Depends(_settings)]
StoreHere = Annotated[Store, Depends(_store)]
RunnerHere = Annotated[JobRunner, Depends(_runner)]
UploadsHere = Annotated[Uploads, Depends(_uploads)]
