"""What routes are given: settings, store, runner, uploads."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, File, Form, Request, UploadFile

from app.errors import ServiceError
from app.jobs import JobRunner
from app.settings import Settings
from app.store import Store
from app.uploads import Desk, Uploads


def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


def _store(request: Request) -> Store:
    return request.app.state.store  # type: ignore[no-any-return]


def _runner(request: Request) -> JobRunner:
    return request.app.state.runner  # type: ignore[no-any-return]


_FORM_FIELDS = {"schools", "flows", "performance", "encoding", "name", "parameters", "set"}


async def _no_unknown_fields(request: Request) -> None:
    unknown = sorted(set(await request.form()) - _FORM_FIELDS)
    if unknown:
        problems = [
            {
                "table": "request",
                "column": name[:200],
                "message": "There is no such field.",
                "remedy": "Files go into schools, flows and performance, parameters into set (as name=value).",
            }
            for name in unknown[:100]
        ]
        extra = {"problems": problems, "problem_count": len(unknown)}
        raise ServiceError(422, "The form has fields that the service does not know.", extra=extra)


def _uploads(
    _checked: Annotated[None, Depends(_no_unknown_fields)],
    schools: Annotated[list[UploadFile], File(description="Tables of schools, joined on the school id.")],
    flows: Annotated[list[UploadFile], File(description="Students by origin, destination, grade and year; added up.")],
    performance: Annotated[list[UploadFile], File(description="Graduation rates or official lists.")] = [],  # noqa: B006
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the files, if not UTF-8.")] = "",
) -> Uploads:
    return Uploads({"schools": schools, "flows": flows, "performance": performance}, encoding)


def _desk(request: Request) -> Desk:
    return request.app.state.desk  # type: ignore[no-any-return]


SettingsHere = Annotated[Settings, Depends(_settings)]
StoreHere = Annotated[Store, Depends(_store)]
DeskHere = Annotated[Desk, Depends(_desk)]
RunnerHere = Annotated[JobRunner, Depends(_runner)]
UploadsHere = Annotated[Uploads, Depends(_uploads)]
