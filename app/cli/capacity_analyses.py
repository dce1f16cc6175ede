"""Commands for what can be asked of a match or of a year plan, a command for each in the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from pathlib import Path
from typing import Any

import clustering
from app.cli.capacity import CapacityBase, PreferenceFiles, RegisterFiles, ZonesFile, read_base
from app.cli.options import Inputs, Out, Set, fill_in, options_of, with_optional_files
from app.cli.render import entry, progress_bar, show_written, stopping_on_errors
from app.cli.render_tables import show_records
from app.queries.analysis import Analysis
from app.queries.capacity_analyses import MATCH_ANALYSES, MATCH_STABILITY, YEAR_PLAN_ANALYSES, CapacityInputs
from app.queries.signatures import with_parameters

# Parameters of analyses whose names would not say on a command line what they are of: --schools is a file.
_OPTIONS = {"schools": "partner_schools", "reach_km": "partner_reach_km"}


def _command(analysis: Analysis) -> Callable[..., None]:
    """Make the command of an analysis: the options of ``zones match``, those of the analysis, and ``--out``."""

    def command(*, inputs: Inputs, out: Path | None, own_settings: Sequence[str] | None, **values: Any) -> None:
        """Compute the analysis and show it."""
        files = {name: values.pop(name) for name in ("register", "preferences", "zones")}
        own = {name: values[_OPTIONS.get(name, name)] for name in analysis.parameters.model_fields}
        _compute(analysis, inputs, files, own_settings or [], own, out)

    keyword = Parameter.KEYWORD_ONLY
    parameters = [
        Parameter("inputs", keyword, annotation=Inputs),
        Parameter("register", keyword, annotation=RegisterFiles),
        Parameter("preferences", keyword, default=None, annotation=PreferenceFiles),
        Parameter("zones", keyword, default=None, annotation=ZonesFile),
        Parameter("own_settings", keyword, default=None, annotation=Set),
        *(each.replace(name=_OPTIONS.get(each.name, each.name)) for each in options_of(analysis.parameters)),
        Parameter("out", keyword, default=None, annotation=Out),
    ]
    doc = f"{analysis.summary}. {analysis.description}"
    return with_optional_files(with_parameters(command, name=analysis.name, doc=doc, parameters=parameters))


def _compute(
    analysis: Analysis,
    inputs: Inputs,
    files: Mapping[str, Any],
    settings: Sequence[str],
    values: Mapping[str, Any],
    out: Path | None,
) -> None:
    is_match = analysis in MATCH_ANALYSES
    model = clustering.MatchParameters if is_match else clustering.PlanYearsParameters
    with stopping_on_errors():
        names_and_values: dict[str, Any] = clustering.split_settings(settings)
        request, parameters = model(**names_and_values), fill_in(analysis.parameters, values)
        with progress_bar() as progress:
            register_files = (files["register"], files["preferences"] or [])
            base = read_base(inputs, files["zones"], register_files, request, progress)
            result = analysis.compute(_inputs_of(base, request), parameters, progress)
            written: Sequence[Path] = []
            if out is not None:
                # The JSON holds the parameters and the provenance of the match or the plan, as it does over HTTP.
                contents = {"csv": result.csv, "json": result.json(_document_of(base, request))}
                named = {f"{analysis.name}.{ending}": content for ending, content in contents.items()}
                marked = clustering.marked_files(named, base.needs.disclosure)
                written = clustering.write_package(
                    marked, out, name=analysis.name, title=f"Analysis {analysis.name} of a match or a plan"
                )
        base.show_report()
        show_records(analysis, result.content[analysis.rows], result.content.get("names", {}))
        if statement := result.content.get("statement"):
            entry(statement)
        show_written(written)


def _inputs_of(base: CapacityBase, parameters: clustering.MatchParameters) -> CapacityInputs:
    return CapacityInputs(
        scenario=base.scenario,
        proposal=base.proposal,
        needs=base.needs,
        register=base.register,
        parameters=parameters,
    )


def _document_of(base: CapacityBase, parameters: clustering.MatchParameters) -> Mapping[str, Any]:
    if isinstance(parameters, clustering.PlanYearsParameters):
        return clustering.year_plan_document(clustering.plan_years(base.needs, base.register, parameters))
    return clustering.match_document(clustering.match_zones(base.needs, base.register, parameters))


# Each has the name of its address, but for one name that an analysis of proposals has already.
_NAMES = {MATCH_STABILITY.name: "match-stability"}
MATCH_ANALYSIS_COMMANDS = {_NAMES.get(each.name, each.name): _command(each) for each in MATCH_ANALYSES}
YEAR_PLAN_ANALYSIS_COMMANDS = {each.name: _command(each) for each in YEAR_PLAN_ANALYSES}
