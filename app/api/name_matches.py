"""Schools proposed for the names in uploaded files; nothing is kept."""

from __future__ import annotations

from inspect import Parameter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile

from app.queries.file_roles import FILE_ROLES
from app.queries.signatures import with_parameters
from app.services.dependencies import ServiceHere, WantsCsv, lines_of, refuse_unknown_fields
from app.services.file_answers import csv_response
from app.services.name_matches import ROLES_OF_NAMES, propose_matches
from app.services.uploads import Uploads

router = APIRouter(prefix="/name-matches", tags=["datasets"])

_FIELDS = {*ROLES_OF_NAMES, "encoding", "read", "confirm_exact"}


async def _no_unknown_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _FIELDS, f"Files go into {', '.join(ROLES_OF_NAMES)}")


def _read_uploads(**fields: Any) -> Uploads:
    files = {role: fields[role] for role in ROLES_OF_NAMES}
    return Uploads(files, fields["encoding"], lines_of(fields["read"]))


def _form_fields() -> list[Parameter]:
    """A field for each role of files that may have names, then how to read them."""
    described = {role.name: role.description for role in FILE_ROLES} | {"plan": "A plan of Zones."}
    fields: list[tuple[str, Any, Any]] = [
        (role, list[UploadFile], File(default=... if role == "schools" else [], description=described[role]))
        for role in ROLES_OF_NAMES
    ]
    fields += [
        ("encoding", str, Form("", max_length=40, description="Encoding of the files, if not UTF-8.")),
        ("read", list[str], Form([], description="How to read a file, as NAME:option=value; may be repeated.")),
    ]
    checked = Parameter("checked", Parameter.KEYWORD_ONLY, annotation=Annotated[None, Depends(_no_unknown_fields)])
    return [
        checked,
        *(Parameter(name, Parameter.KEYWORD_ONLY, default=form, annotation=kind) for name, kind, form in fields),
    ]


_files_with_names = with_parameters(_read_uploads, name="files", doc=None, parameters=_form_fields())


@router.post("", summary="Propose schools for names, as JSON or CSV")
def create(
    uploads: Annotated[Uploads, Depends(_files_with_names)],
    service: ServiceHere,
    *,
    wants_csv: WantsCsv,
    confirm_exact: Annotated[bool, Form(description="Confirm names that are those of one school exactly.")] = False,
) -> Response:
    """Say which schools the names in files without ids may mean; confirm row by row and upload as name_matches."""
    body = propose_matches(service, uploads, confirm_exact=confirm_exact, as_csv=wants_csv)
    return csv_response(body, "matches") if wants_csv else Response(body, media_type="application/json")
