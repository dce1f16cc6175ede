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
_PLAN_FIELDS = {"plan", "encoding", "read", "parameters", "set"}


async def _no_unknown_fields(request: Request) -> None:
    await _refuse_unknown(request, _FORM_FIELDS, f"Files go into {', '.join(_ROLES)}")


async def _no_unknown_plan_fields(request: Request) -> None:
    await _refuse_unknown(request, _PLAN_FIELDS, "The file goes into plan")


async def _refuse_unknown(request: Request, known: set[str], where: str) -> None:
    unknown = sorted(set(await request.form()) - known)
    if unknown:
        problems = [
            {
                "table": "request",
                "column": name[:200],
                "message": "There is no such field.",
                "remedy": f"{where}; parameters into set (as name=value).",
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
    return Uploads(dict(zip(_ROLES, given, strict=True)), encoding, _lines(read), estimate)


def _plan(
    _checked: Annotated[None, Depends(_no_unknown_plan_fields)],
    plan: Annotated[list[UploadFile], File(description="A table with a school id and a Zone in each row.")],
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the file, if not UTF-8.")] = "",
    read: Annotated[list[str], Form(description="How to read the file, as option=value; may be repeated.")] = [],  # noqa: B006
) -> Uploads:
    return Uploads({"plan": plan}, encoding, _lines(read))


def _lines(texts: list[str]) -> tuple[str, ...]:
    return tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())


def _desk(request: Request) -> Desk:
    return request.app.state.desk  # type: ignore[no-any-return]


SettingsHere = Annotated[Settings, Depends(_settings)]
StoreHere = Annotated[Store, Depends(_store)]
DeskHere = Annotated[Desk, Depends(_desk)]
RunnerHere = Annotated[JobRunner, Depends(_runner)]
UploadsHere = Annotated[Uploads, Depends(_uploads)]
PlanHere = Annotated[Uploads, Depends(_plan)]
