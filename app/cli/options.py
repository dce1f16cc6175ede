"""Options that commands have in common: the files, how to read them, the parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from clustering import ProposalParameters, Scenario, parse_parameters, read_scenario

Files = list[Path]
Schools = Annotated[Files, typer.Option("--schools", help="Table of schools; repeat to join several by school id.")]
Flows = Annotated[
    Files | None, typer.Option("--flows", help="Students by origin, destination, grade and year; may be repeated.")
]
Performance = Annotated[
    Files | None, typer.Option("--performance", help="Graduation rates or official list; may be repeated.")
]
Students = Annotated[
    Files | None, typer.Option("--students", help="Student enrolment records, from which promotions are derived.")
]
Catchments = Annotated[
    Files | None,
    typer.Option("--catchments", help="Attendance boundaries: what is contiguous, and flows if none are given."),
]
Population = Annotated[
    Files | None, typer.Option("--population", help="Points with a population, to weigh catchments by people.")
]
Crosswalk = Annotated[
    Files | None, typer.Option("--crosswalk", help="Old school ids to present ones, confirmed row by row.")
]
TravelTimes = Annotated[
    Files | None, typer.Option("--travel-times", help="Minutes from school to school; may be repeated.")
]
Estimate = Annotated[
    bool, typer.Option("--estimate", help="Estimate flows by distance and size where no file gives any.")
]
Read = Annotated[
    list[str] | None,
    typer.Option("--read", help="How to read a file: NAME:option=value, such as schools.csv:encoding=cp1252."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of all files, if not UTF-8; for example cp1252.")
]
Set = Annotated[list[str] | None, typer.Option("--set", help="A parameter, as name=value.")]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """
    What the common options say; nothing is read before it is asked for.

    Parameters
    ----------
    sources
        Arguments of ``clustering.read_scenario``.
    settings
        Parameters as ``name=value``.
    """

    sources: dict[str, Any]
    settings: Sequence[str]

    def parameters(self) -> ProposalParameters:
        """The parameters; InputError where they are wrong."""
        return parse_parameters(self.settings)

    def scenario(self, *, require_flows: bool = True) -> Scenario:
        """Read the files; InputError where they are wrong."""
        return read_scenario(**self.sources, require_flows=require_flows)


def _gather(
    schools: Schools,
    flows: Flows = None,
    performance: Performance = None,
    students: Students = None,
    catchments: Catchments = None,
    population: Population = None,
    crosswalk: Crosswalk = None,
    travel_times: TravelTimes = None,
    estimate: Estimate = False,
    read: Read = None,
    encoding: Encoding = None,
    settings: Set = None,
) -> Inputs:
    sources = {
        "schools": schools,
        "flows": flows or [],
        "performance": performance or [],
        "students": students or [],
        "catchments": catchments or [],
        "population": population or [],
        "crosswalk": crosswalk or [],
        "travel_times": travel_times or [],
        "estimate": estimate,
        "options": read or [],
        "encoding": encoding,
    }
    return Inputs(sources=sources, settings=settings or [])


def with_files(command: Callable[..., None]) -> Callable[..., None]:
    """As :func:`with_inputs`, for a command that proposes no Zones: without ``--set``."""
    return with_inputs(command, without="settings")


def with_inputs(command: Callable[..., None], *, without: str = "") -> Callable[..., None]:
    """
    Put the common options before a command's own.

    Parameters
    ----------
    command
        Takes the ``Inputs``, then its own options.
    without
        A common option that it does not have.

    Returns
    -------
    whole
        The same with all options in its signature, from which the command line is made.
    """
    common = {
        name: each for name, each in inspect.signature(_gather, eval_str=True).parameters.items() if name != without
    }
    _, *own = inspect.signature(command, eval_str=True).parameters.values()

    def whole(**given: Any) -> None:
        """Call the command with what the common options say."""
        inputs = _gather(**{name: given.pop(name) for name in common})
        command(inputs, **given)

    options = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*common.values(), *own)]
    whole.__name__, whole.__doc__ = command.__name__, command.__doc__
    whole.__annotations__ = {each.name: each.annotation for each in options}
    whole.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    return whole
