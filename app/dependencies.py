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


_ROLES = ("schools", "flows", "performance", "students", "catchments", "population", "crosswalk", "travel_times")
_FORM_FIELDS = {*_ROLES, "encoding", "read", "estimate", "name", "parameters", "set"}


async def _no_unknown_fields(request: Request) -> None:
    unknown = sorted(set(await request.form()) - _FORM_FIELDS)
    if unknown:
        problems = [
            {
                "table": "request",
                "column": name[:200],
                "message": "There is no such field.",
                "remedy": f"Files go into {', '.join(_ROLES)}; parameters into set (as name=value).",
            }
            for name in unknown[:100]
        ]
        extra = {"problems": problems, "problem_count": len(unknown)}
        raise ServiceError(422, "The form has fields that the service does not know.", extra=extra)


def _uploads(
    _checked: Annotated[None, Depends(_no_unknown_fields)],
    schools: Annotated[list[UploadFile], File(description="Tables of schools, joined on the school id.")],
    flows: Annotated[list[UploadFile], File(description="Students by origin, destination, grade and year.")] = [],  # noqa: B006
    performance: Annotated[list[UploadFile], File(description="Graduation rates or official lists.")] = [],  # noqa: B006
    students: Annotated[list[UploadFile], File(description="Student records; their ids are not kept.")] = [],  # noqa: B006
    catchments: Annotated[
        list[UploadFile], File(description="Attendance boundaries: contiguity, and flows if none.")
    ] = [],  # noqa: B006
    population: Annotated[list[UploadFile], File(description="Points with a population, to weigh catchments.")] = [],  # noqa: B006
    crosswalk: Annotated[list[UploadFile], File(description="Old school ids to present ones, confirmed.")] = [],  # noqa: B006
    travel_times: Annotated[list[UploadFile], File(description="Minutes from school to school.")] = [],  # noqa: B006
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the files, if not UTF-8.")] = "",
    read: Annotated[list[str], Form(description="How to read a file, as NAME:option=value; may be repeated.")] = [],  # noqa: B006
    estimate: Annotated[bool, Form(description="Estimate flows where no file gives any.")] = False,
) -> Uploads:
    given = (schools, flows, performance, students, catchments, population, crosswalk, travel_times)
    options = tuple(line.strip() for text in read for line in text.splitlines() if line.strip())
    return Uploads(dict(zip(_ROLES, given, strict=True)), encoding, options, estimate)


def _desk(request: Request) -> Desk:
    return request.app.state.desk  # type: ignore[no-any-return]


SettingsHere = Annotated[Settings, Depends(_settings)]
StoreHere = Annotated[Store, Depends(_store)]
DeskHere = Annotated[Desk, Depends(_desk)]
RunnerHere = Annotated[JobRunner, Depends(_runner)]
UploadsHere = Annotated[Uploads, Depends(_uploads)]
