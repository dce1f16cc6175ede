"""Commands for the analyses of a proposal, a command for each in the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from pathlib import Path
from typing import Any

from app.cli.options import Inputs, Out, fill_in, options_of, with_inputs
from app.cli.render import entry, progress_bar, show_report, show_written, stopping_on_errors
from app.cli.render_tables import show_records
from app.queries.analysis import Analysis, AnalysisInputs, AnalysisResult
from app.queries.signatures import with_parameters
from clustering import ZonePlanner, marked_files, proposal_document, write_package


def analysis_command(analysis: Analysis) -> Callable[..., None]:
    """
    Make the command of an analysis.

    Parameters
    ----------
    analysis
        From the registry.

    Returns
    -------
    command
        A function from whose signature typer makes the command.
    """

    def command(*, inputs: Inputs, out: Path | None, **values: Any) -> None:
        """Compute the analysis and show it."""
        _compute(analysis, inputs, values, out)

    parameters = [
        Parameter("inputs", Parameter.KEYWORD_ONLY, annotation=Inputs),
        *options_of(analysis.parameters),
        Parameter("out", Parameter.KEYWORD_ONLY, default=None, annotation=Out),
    ]
    doc = f"{analysis.summary}. {analysis.description}"
    return with_inputs(with_parameters(command, name=analysis.name, doc=doc, parameters=parameters))


def _compute(analysis: Analysis, inputs: Inputs, values: Mapping[str, Any], out: Path | None) -> None:
    with stopping_on_errors():
        request, parameters = inputs.parameters(), fill_in(analysis.parameters, values)
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario = inputs.scenario()
            planner = ZonePlanner(scenario)
            # The JSON holds the parameters and the provenance of the proposal, as it does over HTTP.
            document = proposal_document(planner.propose(request, progress=progress))
            analysed = AnalysisInputs(scenario=scenario, planner=planner, parameters=request)
            result = analysis.compute(analysed, parameters, progress)
        written = [] if out is None else _write(result, document, out, analysis.name, request.disclosure)
        show_report(scenario.report)
        show_records(analysis, result.content[analysis.rows], scenario.schools["name"].to_dict())
        if statement := result.content.get("statement"):
            entry(statement)
        show_written(written)


def _write(
    result: AnalysisResult, document: Mapping[str, Any], out: Path, name: str, disclosure: str
) -> Sequence[Path]:
    contents = {f"{name}.csv": result.csv, f"{name}.json": result.json(document)}
    return write_package(marked_files(contents, disclosure), out, name=name, title=f"Analysis {name} of a proposal")
