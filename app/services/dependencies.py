"""What routes are given: settings, store, runner, uploads."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated, Literal

from fastapi import Depends, File, Form, Query, Request, UploadFile

from app.errors import MAXIMUM_FIELD_CHARACTERS, request_error
from app.jobs import JobRunner
from app.services.uploads import Desk, Uploads
from app.settings import Settings
from app.store import Store
from clustering import ProposalParameters


def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


def _store(request: Request) -> Store:
    return request.app.state.store  # type: ignore[no-any-return]


def _wants_csv(
    request: Request,
    f: Annotated[Literal["json", "csv"] | None, Query(description="Form; or by Accept: text/csv.")] = None,
) -> bool:
    return f == "csv" or (f is None and "text/csv" in request.headers.get("accept", ""))


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
        problems = [(name, "There is no such field.", _remedy_of_field(name, where)) for name in unknown]
        raise request_error(422, "The form has fields that the service does not know.", problems)


def _remedy_of_field(name: str, where: str) -> str:
    if name in ProposalParameters().as_dict():
        return f"Give the parameter in the field parameters, or in the field set as {name}=value; in one of the two."
    return f"{where}; parameters into set (as name=value)."


def refuse_unknown_queries(request: Request) -> None:
    """
    Refuse names in the address that the route does not know: ignored, they would answer another question.

    Parameters
    ----------
    request
        Whose route says in the OpenAPI document what it knows.

    Raises
    ------
    ServiceError
        422, names each with the nearest that is known.
    """
    given = list(dict.fromkeys(request.query_params))
    if not given:
        return
    methods = request.app.openapi()["paths"].get(request.scope["route"].path_format, {})
    parameters = methods.get(request.method.lower(), {}).get("parameters", ())
    known = sorted(each["name"] for each in parameters if each["in"] == "query")
    problems = [
        (name, "There is no such query parameter.", _remedy_of_query(name, known))
        for name in given
        if name not in known
    ]
    if problems:
        detail = "The address has query parameters that the service does not know."
        raise request_error(422, detail, problems)


def _remedy_of_query(name: str, known: Sequence[str]) -> str:
    if not known and name in ProposalParameters().as_dict():
        return "Parameters of a proposal go into the body of POST /proposals or POST /zones, under parameters."
    if not known:
        return "This request takes none; leave it out."
    near = get_close_matches(name[:MAXIMUM_FIELD_CHARACTERS], known, n=1, cutoff=0.4)
    guess = f"Did you mean {near[0]}? " if near else ""
    return f"{guess}Known: {', '.join(known)}."


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


WantsCsv = Annotated[bool, Depends(_wants_csv)]
SettingsHere = Annotated[Settings, Depends(_settings)]
StoreHere = Annotated[Store, Depends(_store)]
DeskHere = Annotated[Desk, Depends(_desk)]
RunnerHere = Annotated[JobRunner, Depends(_runner)]
UploadsHere = Annotated[Uploads, Depends(_uploads)]
PlanHere = Annotated[Uploads, Depends(_plan)]
