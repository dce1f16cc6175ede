"""What FastAPI gives to routes: the service, uploads, the form of the answer."""

from __future__ import annotations

from inspect import Parameter
from typing import Annotated, Any, Literal

from fastapi import Depends, File, Form, Query, Request, UploadFile
from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo

from app.errors import request_error
from app.negotiation import prefers_csv
from app.queries.file_roles import FILE_ROLES
from app.queries.signatures import bounds_of, fields_of, with_parameters
from app.services.indicators import parse_benchmarks_text
from app.services.parameters import parameters_of_form
from app.services.service import Service
from app.services.uploads import MAXIMUM_WHO_CHARACTERS, MAXIMUM_WHY_CHARACTERS, Uploads
from app.store import SecondCut, SecondCutChoice
from clustering import ProposalParameters, parameter_schema, plain_text

# The list of the parameters is in the schema of the text, as in that of POST /proposals.
_ParametersText = Annotated[
    str,
    WithJsonSchema({"type": "string", "contentMediaType": "application/json", "contentSchema": parameter_schema()}),
]


async def _service(request: Request) -> Service:
    # For the audit trail: what the path means, also where the answer is kept and given again.
    request.state.answered_as = (request.scope["route"].path, dict(request.path_params))
    whole: Service = request.app.state.service
    return whole.of(request.state.caller)


async def _wants_csv(
    request: Request,
    f: Annotated[Literal["json", "csv"] | None, Query(description="Form; or by Accept: text/csv.")] = None,
) -> bool:
    return f == "csv" or (f is None and prefers_csv(request.headers.get("accept", "")))


def query_parameters(form: type[BaseModel]) -> list[Parameter]:
    """The fields of a model as query parameters of a route, with the bounds of the service."""

    def make(_name: str, field: FieldInfo) -> Any:
        """Make the query parameter of a field."""
        bounds = bounds_of(field.metadata, is_service=True)
        return Query(default=field.get_default(call_default_factory=True), description=field.description, **bounds)

    return fields_of(form, make)


def form_parameters(form: type[BaseModel]) -> list[Parameter]:
    """The fields of a model as fields of a form, as :func:`query_parameters` makes query parameters of them."""

    def make(_name: str, field: FieldInfo) -> Any:
        """Make the form field of a field."""
        return Form(default=field.get_default(call_default_factory=True), **bounds_of(field.metadata, is_service=True))

    return fields_of(form, make)


_ROLE_NAMES = tuple(role.name for role in FILE_ROLES)
_UPLOAD_FIELDS = {
    *_ROLE_NAMES,
    "encoding",
    "read",
    "estimate",
    "exclude_receivers",
    "capture",
    "name",
    "second_cut",
    "by",
    "why",
    "parameters",
    "set",
}
_PLAN_FIELDS = {"plan", "name_matches", "encoding", "read", "parameters", "set"}
_INDICATOR_FIELDS = {"file", "encoding", "read"}
_INDICATOR_PAGE_FIELDS = _INDICATOR_FIELDS | {"kind"}
_CHECK_FIELDS = {"files", "encoding", "read"}
_CHECKLIST_FIELDS = {"checklist", "name", "encoding", "read"}
_REGISTER_FIELDS = {"partners", "preferences", "encoding", "read", "name", "dataset_id"}


async def _no_unknown_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _UPLOAD_FIELDS, f"Files go into {', '.join(_ROLE_NAMES)}")


async def _no_unknown_plan_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _PLAN_FIELDS, "The file goes into plan")


async def _no_unknown_indicator_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _INDICATOR_FIELDS, "The file goes into file")


async def _no_unknown_check_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _CHECK_FIELDS, "Files go into files")


async def _no_unknown_register_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _REGISTER_FIELDS, "Files go into partners and preferences")


async def refuse_unknown_fields(request: Request, known: set[str], where: str) -> None:
    """Refuse a form with fields that the service does not know; ``where`` says where the files go."""
    unknown = sorted(set(await request.form()) - known)
    if unknown:
        problems = [(name, "There is no such field.", _remedy_of_field(name, where)) for name in unknown]
        raise request_error(422, "The form has fields that the service does not know.", problems)


def _remedy_of_field(name: str, where: str) -> str:
    if name in ProposalParameters().as_dict():
        return f"Give the parameter in the field parameters, or in the field set as {name}=value; in one of the two."
    return f"{where}; parameters into set (as name=value)."


def _read_uploads(**fields: Any) -> Uploads:
    files = {name: fields[name] for name in _ROLE_NAMES}
    excluded = lines_of(fields["exclude_receivers"])
    return Uploads(files, fields["encoding"], lines_of(fields["read"]), fields["estimate"], excluded, fields["capture"])


def _upload_parameters() -> list[Parameter]:
    """A form field for each role of files, then how to read them."""
    files = [
        Parameter(
            role.name,
            Parameter.KEYWORD_ONLY,
            default=File(default=... if role.is_required else [], description=role.description),
            annotation=list[UploadFile],
        )
        for role in FILE_ROLES
    ]
    others = (
        ("encoding", str, Form("", max_length=40, description="Encoding of the files, if not UTF-8.")),
        ("read", list[str], Form([], description="How to read a file, as NAME:option=value; may be repeated.")),
        ("estimate", bool, Form(default=False, description="Estimate flows where no file gives any.")),
        (
            "exclude_receivers",
            list[str],
            Form(
                [],
                description="A school that takes no students in an estimate; may be repeated. found (the default)"
                " stands for the choice schools that the files tell of, none for no school.",
            ),
        ),
        (
            "capture",
            str,
            Form(
                "",
                max_length=40,
                description="Who attends the school of the address, in an estimate from catchments: places (the"
                " default), as many as it has places; none, everybody.",
            ),
        ),
    )
    checked = Parameter("checked", Parameter.KEYWORD_ONLY, annotation=Annotated[None, Depends(_no_unknown_fields)])
    return [
        checked,
        *files,
        *(Parameter(name, Parameter.KEYWORD_ONLY, default=form, annotation=kind) for name, kind, form in others),
    ]


_uploads = with_parameters(_read_uploads, name="uploads", doc=None, parameters=_upload_parameters())


def _plan(
    _checked: Annotated[None, Depends(_no_unknown_plan_fields)],
    plan: Annotated[
        list[UploadFile], File(description="A table with a school id and a Zone in each row, or a feeder table.")
    ],
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the file, if not UTF-8.")] = "",
    read: Annotated[list[str], Form(description="How to read the file, as option=value; may be repeated.")] = [],  # noqa: B006
    name_matches: Annotated[
        list[UploadFile], File(description="Which school is meant by each name, if the plan has names and no ids.")
    ] = [],  # noqa: B006
) -> Uploads:
    return Uploads({"plan": plan, "name_matches": name_matches}, encoding, lines_of(read))


def _indicator_file(
    _checked: Annotated[None, Depends(_no_unknown_indicator_fields)],
    file: Annotated[list[UploadFile], File(description="A table (CSV, XLSX, JSON), or indicator sets as JSON.")],
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the file, if not UTF-8.")] = "",
    read: Annotated[list[str], Form(description="How to read the file, as option=value; may be repeated.")] = [],  # noqa: B006
) -> Uploads:
    return Uploads({"file": file}, encoding, lines_of(read))


async def _no_unknown_indicator_page_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _INDICATOR_PAGE_FIELDS, "The file goes into file")


def _indicator_page_file(
    _checked: Annotated[None, Depends(_no_unknown_indicator_page_fields)],
    file: Annotated[list[UploadFile], File()],
    encoding: Annotated[str, Form(max_length=40)] = "",
    read: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Uploads:
    return Uploads({"file": file}, encoding, lines_of(read))


def _progress_request(
    entry_fall: Annotated[
        int | None,
        Query(
            ge=1990,
            le=2100,
            description="Fall in which the first year of Zones without a record began; else they have not started.",
        ),
    ] = None,
    disclosure: Annotated[
        Literal["protected", "public", "exact"], Query(description="How counts are shown; public is refused.")
    ] = "protected",
    neighbours: Annotated[int, Query(ge=1, le=20, description="Comparison schools of each school, at most.")] = 3,
    caliper: Annotated[float, Query(gt=0, le=10, description="How far they may be [standard deviations].")] = 0.5,
    variables: Annotated[str, Query(max_length=1_000, description="Entry values compared, separated by commas.")] = "",
    benchmarks: Annotated[str, Query(max_length=20_000, description="What was agreed, as a JSON list.")] = "",
) -> dict[str, Any]:
    parameters = {"disclosure": disclosure, "neighbours": neighbours, "caliper": caliper}
    return {
        "entry_fall": entry_fall,
        "benchmarks": parse_benchmarks_text(benchmarks),
        "parameters": parameters | ({"variables": variables} if variables.strip() else {}),
    }


async def _no_unknown_checklist_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _CHECKLIST_FIELDS, "The file goes into checklist")


def _checklist(
    _checked: Annotated[None, Depends(_no_unknown_checklist_fields)],
    checklist: Annotated[list[UploadFile], File(description="A table with item_id, area and title in each row.")],
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the file, if not UTF-8.")] = "",
    read: Annotated[list[str], Form(description="How to read the file, as option=value; may be repeated.")] = [],  # noqa: B006
) -> Uploads:
    return Uploads({"checklist": checklist}, encoding, lines_of(read))


def _files_of_any_role(
    _checked: Annotated[None, Depends(_no_unknown_check_fields)],
    files: Annotated[list[UploadFile], File(description="Files of any kind; what each is, is told by its contents.")],
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the files, if not UTF-8.")] = "",
    read: Annotated[list[str], Form(description="How to read a file, as NAME:option=value; may be repeated.")] = [],  # noqa: B006
) -> Uploads:
    return Uploads({"files": files}, encoding, lines_of(read))


def _register(
    _checked: Annotated[None, Depends(_no_unknown_register_fields)],
    partners: Annotated[list[UploadFile], File(description="Tables of Lead Partners and supporting partners.")],
    preferences: Annotated[
        list[UploadFile], File(description="Tables of whom partners, districts and the state prefer or exclude.")
    ] = [],  # noqa: B006
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the files, if not UTF-8.")] = "",
    read: Annotated[list[str], Form(description="How to read a file, as NAME:option=value; may be repeated.")] = [],  # noqa: B006
) -> Uploads:
    return Uploads({"partners": partners, "preferences": preferences}, encoding, lines_of(read))


def lines_of(texts: list[str]) -> tuple[str, ...]:
    """The lines of a field that may be repeated, without blank ones."""
    return tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())


def _parameters(
    parameters: Annotated[_ParametersText | None, Form(description="Parameters as a JSON object.")] = None,
    single: Annotated[list[str], Form(alias="set", description="A parameter, as name=value.")] = [],  # noqa: B006
) -> dict[str, Any]:
    return parameters_of_form(parameters, single)


def _second_cut(
    second_cut: Annotated[
        SecondCutChoice,
        Form(
            description="What to do if a registered dataset holds other counts of the same students: refuse the files,"
            " let them replace that dataset, or keep both (release). The last two need the right to release."
        ),
    ] = "refuse",
    by: Annotated[str, Form(max_length=MAXIMUM_WHO_CHARACTERS, description="Who decides about a second cut.")] = "",
    why: Annotated[str, Form(max_length=MAXIMUM_WHY_CHARACTERS, description="For which reason.")] = "",
) -> SecondCut:
    return SecondCut(choice=second_cut, by=plain_text(by).strip(), why=plain_text(why).strip())


ServiceHere = Annotated[Service, Depends(_service)]
WantsCsv = Annotated[bool, Depends(_wants_csv)]
SecondCutHere = Annotated[SecondCut, Depends(_second_cut)]
UploadsHere = Annotated[Uploads, Depends(_uploads)]
IndicatorFileHere = Annotated[Uploads, Depends(_indicator_file)]
IndicatorPageFileHere = Annotated[Uploads, Depends(_indicator_page_file)]
ProgressRequestHere = Annotated[dict[str, Any], Depends(_progress_request)]
PlanHere = Annotated[Uploads, Depends(_plan)]
ChecklistHere = Annotated[Uploads, Depends(_checklist)]
FilesOfAnyRoleHere = Annotated[Uploads, Depends(_files_of_any_role)]
RegisterHere = Annotated[Uploads, Depends(_register)]
FormParameters = Annotated[dict[str, Any], Depends(_parameters)]
