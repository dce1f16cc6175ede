"""What an analysis of a proposal is: all that the service, its pages and the command line need to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from app.queries.columns import Column
from clustering import ProposalParameters, Scenario, ZonePlanner, json_bytes

Progress = Callable[[str, float], None]
# A table; for each anchor its schools with a sentence; plans with the schools that move.
Layout = Literal["table", "reasons", "plans"]


class AnalysisParameters(BaseModel):
    """Parameters of an analysis; a field with a title can be changed in the form of the analysis's page."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True)
class AnalysisInputs:
    """
    What an analysis starts from.

    Parameters
    ----------
    scenario
        The inputs of the proposal.
    planner
        A planner of them.
    parameters
        The parameters of the proposal.
    """

    scenario: Scenario
    planner: ZonePlanner
    parameters: ProposalParameters


@dataclass(frozen=True, kw_only=True)
class AnalysisResult:
    """
    What an analysis found.

    Parameters
    ----------
    csv
        The table as bytes of CSV.
    content
        The same as plain values, in members of the JSON document. ``statement``, where there is one, is a sentence on
        the whole.
    """

    csv: bytes
    content: Mapping[str, Any]

    def json(self, base: Mapping[str, Any]) -> bytes:
        """Write JSON that also says where the numbers come from, as the document of the proposal or match does."""
        origin = {name: base[name] for name in ("parameters", "provenance", "flow_basis") if name in base}
        return json_bytes({**origin, **self.content})


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """
    An analysis; its route, page, command and table follow from this.

    Parameters
    ----------
    name
        Last part of the address, name of the command and of the files: words joined by hyphens.
    title, explanation
        Heading and first paragraph of the page, for a planner who has not met it.
    summary, description
        One line, and one or two sentences, for the HTTP documentation and the help of the command.
    parameters
        What can be chosen: bounds, defaults and descriptions.
    compute
        Takes the inputs, the parameters and a progress function; calls the library only. A module-level function: it
        is sent to another process.
    rows
        Member of the result's content that holds the records.
    columns
        Columns that people are shown; the CSV may have more.
    missing
        What a dash in the table means.
    gain
        Column that is 0 where a row gains nothing: a page tells of these rows in one line. ``None``: shows every row.
    layout
        How the terminal shows the records.
    needs_exact_method
        Whether it works only for proposals of the exact method.
    needs_residents
        Whether it works only for flows that say where residents enrol.
    """

    name: str
    title: str
    explanation: str
    summary: str
    description: str
    parameters: type[AnalysisParameters]
    compute: Callable[[Any, Any, Progress], AnalysisResult]
    rows: str = "rows"
    columns: tuple[Column, ...] = ()
    missing: str = "A dash means that the flows do not say."
    gain: str | None = None
    layout: Layout = "table"
    needs_exact_method: bool = False
    needs_residents: bool = False

    def fits(self, *, is_exact: bool, has_residents: bool) -> bool:
        """Whether it works for a proposal."""
        return (is_exact or not self.needs_exact_method) and (has_residents or not self.needs_residents)
