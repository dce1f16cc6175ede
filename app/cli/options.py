"""Options that commands have in common: the files, how to read them, the parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from app.cli.policy_options import Policy, PolicyKey, protected_by
from app.errors import explain_fault
from app.queries.file_roles import FILE_ROLES, FileRole
from app.queries.signatures import bounds_of, fields_of, plain_type, with_parameters
from clustering import (
    FileOptions,
    InputError,
    Problem,
    ProposalParameters,
    Scenario,
    parse_file_options,
    parse_parameters,
    read_scenario,
)

_Form = TypeVar("_Form", bound=BaseModel)

Estimate = Annotated[
    bool, typer.Option("--estimate", help="Estimate flows by distance and places where no file gives any.")
]
ExcludeReceivers = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude-receivers",
        help="A school that takes no students in an estimate. May be repeated. The word found stands for the choice,"
        " alternative and city-wide schools that the files tell of (the default); the word none for no school.",
    ),
]
CaptureOfAddress = Annotated[
    str,
    typer.Option(
        "--capture",
        help="Who attends the school of the address, in an estimate from catchments: places, as many as it has places;"
        " none, everybody.",
    ),
]
Read = Annotated[
    list[str] | None,
    typer.Option("--read", help="How to read a file: NAME:option=value, such as schools.csv:encoding=cp1252."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of all files, if not UTF-8; for example cp1252.")
]
Set = Annotated[list[str] | None, typer.Option("--set", help="A parameter, as name=value; all are listed below.")]
SetZones = Annotated[
    list[str] | None,
    typer.Option("--set-zones", help="A parameter of the Zones, as name=value; zones propose --help lists them."),
]
Out = Annotated[Path | None, typer.Option(help="Folder for the table, as CSV and as JSON.")]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """
    The values of the common options; nothing is read before it is needed.

    Parameters
    ----------
    files
        By role.
    estimate, exclude_receivers, capture, encoding
        As for ``clustering.read_scenario``.
    file_options
        How to read single files, as text or parsed, by the file's name.
    settings
        Parameters as ``name=value``.
    policy, policy_key
        By which policy small counts are protected, and the file with the secret of its noise.
    """

    files: Mapping[str, Sequence[Path]]
    estimate: bool
    exclude_receivers: Sequence[str]
    capture: str
    encoding: str | None
    file_options: Sequence[str] | Mapping[str, FileOptions]
    settings: Sequence[str]
    policy: str | None = None
    policy_key: Path | None = None

    def parameters(self) -> ProposalParameters:
        """The parameters; InputError where they are wrong."""
        return parse_parameters(self.settings)

    def scenario(self, *, require_flows: bool = True) -> Scenario:
        """Read the files; InputError where they are wrong."""
        files: dict[str, Any] = dict(self.files)
        scenario = read_scenario(
            **files,
            estimate=self.estimate,
            exclude_receivers=self.exclude_receivers,
            capture=self.capture,
            options=self.file_options,
            encoding=self.encoding,
            require_flows=require_flows,
        )
        return protected_by(scenario, self.policy, self.policy_key)

    def for_other_files(self, *names: str) -> Mapping[str, FileOptions]:
        """Options that hold for files that are not among the inputs."""
        return options_of_files(self.file_options, names)

    def without_options_for(self, *names: str) -> Inputs:
        """The same inputs without the options for other files of these names."""
        return replace(self, file_options=options_of_others(self.file_options, names))


def options_of_files(
    options: Sequence[str] | Mapping[str, FileOptions], names: Sequence[str]
) -> dict[str, FileOptions]:
    """Those of the options that hold for files of these names: under a name, or for a pattern."""
    return {key: each for key, each in _parsed(options).items() if key in names or set(key) & set("*?[")}


def options_of_others(
    options: Sequence[str] | Mapping[str, FileOptions], names: Sequence[str]
) -> dict[str, FileOptions]:
    """Those of the options that do not stand under one of these names."""
    return {key: each for key, each in _parsed(options).items() if key not in names}


def _parsed(options: Sequence[str] | Mapping[str, FileOptions]) -> Mapping[str, FileOptions]:
    return options if isinstance(options, Mapping) else parse_file_options(options)


def _file_option(role: FileRole) -> Parameter:
    flag = f"--{role.name.replace('_', '-')}"
    option = typer.Option(
        ... if role.is_required else None,
        flag,
        help=f"{role.description} A folder or a pattern stands for its files. May be repeated.",
    )
    kind = list[Path] if role.is_required else list[Path] | None
    return Parameter(role.name, Parameter.KEYWORD_ONLY, default=option, annotation=kind)


POLICY_OPTIONS = ("policy", "policy_key")
_COMMON = (
    *map(_file_option, FILE_ROLES),
    Parameter("estimate", Parameter.KEYWORD_ONLY, default=False, annotation=Estimate),
    Parameter("exclude_receivers", Parameter.KEYWORD_ONLY, default=None, annotation=ExcludeReceivers),
    Parameter("capture", Parameter.KEYWORD_ONLY, default="places", annotation=CaptureOfAddress),
    Parameter("read", Parameter.KEYWORD_ONLY, default=None, annotation=Read),
    Parameter("encoding", Parameter.KEYWORD_ONLY, default=None, annotation=Encoding),
    Parameter("policy", Parameter.KEYWORD_ONLY, default=None, annotation=Policy),
    Parameter("policy_key", Parameter.KEYWORD_ONLY, default=None, annotation=PolicyKey),
    Parameter("settings", Parameter.KEYWORD_ONLY, default=None, annotation=Set),
)


# For commands that can start from a table of Zones instead, and have parameters of their own.
_OPTIONAL = (
    *(_file_option(role._replace(is_required=False)) for role in FILE_ROLES),
    *_COMMON[len(FILE_ROLES) : -1],
    Parameter("settings", Parameter.KEYWORD_ONLY, default=None, annotation=SetZones),
)


def with_files(command: Callable[..., None]) -> Callable[..., None]:
    """As :func:`with_inputs`, for a command that proposes no Zones: without ``--set`` and ``--policy``."""
    return with_inputs(command, without=("settings", *POLICY_OPTIONS))


def with_files_of_any_role(command: Callable[..., None]) -> Callable[..., None]:
    """As :func:`with_files`, for a command that may also take files without a role."""
    return with_inputs(command, without=("settings", *POLICY_OPTIONS), common=_OPTIONAL)


def with_optional_files(command: Callable[..., None]) -> Callable[..., None]:
    """As :func:`with_inputs`, for a command that may do without files, and has an option ``--set`` of its own."""
    return with_inputs(command, common=_OPTIONAL)


def with_inputs(
    command: Callable[..., None], *, without: Collection[str] = (), common: Sequence[Parameter] = _COMMON
) -> Callable[..., None]:
    """
    Put the common options before a command's own.

    Parameters
    ----------
    command
        Takes the ``Inputs``, then its own options.
    without
        Common options that it does not have.
    common
        The options.

    Returns
    -------
    whole
        The command with all options in its signature, from which typer makes the command line.
    """
    common = [each for each in common if each.name not in without]
    _, *own = signature(command, eval_str=True).parameters.values()

    def whole(**values: Any) -> None:
        """Call the command with its inputs and its own options."""
        inputs = _inputs_of({each.name: values.pop(each.name) for each in common})
        command(inputs=inputs, **values)

    return with_parameters(whole, name=command.__name__, doc=command.__doc__, parameters=[*common, *own])


def _inputs_of(values: Mapping[str, Any]) -> Inputs:
    return Inputs(
        files={role.name: values[role.name] or [] for role in FILE_ROLES},
        estimate=values["estimate"],
        exclude_receivers=values["exclude_receivers"] or ["found"],
        capture=values["capture"],
        encoding=values["encoding"],
        file_options=values["read"] or [],
        settings=values.get("settings") or [],
        policy=values.get("policy"),
        policy_key=values.get("policy_key"),
    )


def options_of(form: type[BaseModel]) -> list[Parameter]:
    """
    Write the fields of a model as options of a command.

    Parameters
    ----------
    form
        With a description for each field.

    Returns
    -------
    parameters
        Of the function from which typer makes the command.
    """
    parameters = fields_of(form, _option)
    return [each.replace(annotation=plain_type(each.annotation).type) for each in parameters]


def fill_in(form: type[_Form], values: Mapping[str, Any]) -> _Form:
    """Make a model from options; InputError for values that it refuses."""
    try:
        return form(**values)
    except ValidationError as error:
        raise InputError([_problem_of(each) for each in error.errors()]) from None


def _problem_of(fault: Mapping[str, Any]) -> Problem:
    message, remedy = explain_fault(fault)
    return Problem(table="parameters", column=str(fault["loc"][0]), message=message, remedy=remedy)


def _option(_name: str, field: FieldInfo) -> Any:
    bounds = bounds_of([*field.metadata, *plain_type(field.annotation).metadata], is_service=False)
    maximum = bounds["lt"] - 1 if "lt" in bounds else bounds.get("le")
    default = field.get_default(call_default_factory=True)
    return typer.Option(default, help=field.description, min=bounds.get("ge"), max=maximum)
