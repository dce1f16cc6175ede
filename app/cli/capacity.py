"""Commands for capacity: a register of Lead Partners, a match of Zones with them, a plan of the years."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Encoding, Inputs, Read, Set, options_of_files, options_of_others, with_optional_files
from app.cli.render import progress_bar, show_report, show_warnings, show_written, stopping_on_errors
from clustering import (
    InputError,
    Problem,
    Proposal,
    Scenario,
    parse_file_options,
    problem_kinds,
    propose_zones,
    read_scenario,
    split_settings,
    write_package,
    zones_geojson,
)

if TYPE_CHECKING:
    from clustering import MatchParameters, Register, ZoneNeeds

# The library of capacity is imported by the commands that need it: no other command has to wait for it.

RegisterFiles = Annotated[
    list[Path], typer.Option("--register", help="A table of Lead Partners and supporting partners. May be repeated.")
]
PreferenceFiles = Annotated[
    list[Path] | None,
    typer.Option("--preferences", help="A table of whom partners, districts and the state prefer. May be repeated."),
]
ZonesFile = Annotated[
    Path | None,
    typer.Option("--zones", help="A table of Zones and their schools, instead of the files of schools and flows."),
]
Out = Annotated[Path | None, typer.Option(help="Folder for the tables, the picture, the map, and all as JSON.")]
Progress = Callable[[str, float], None]


def partners(
    register: RegisterFiles,
    preferences: PreferenceFiles = None,
    schools: Annotated[
        list[Path] | None,
        typer.Option(help="A table of schools, whose districts and schools the register should know. May be repeated."),
    ] = None,
    read: Read = None,
    encoding: Encoding = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the register, as CSV and JSON.")] = None,
    details: Annotated[
        bool, typer.Option("--details", help="Show all that the register says of each partner.")
    ] = False,
) -> None:
    """Check a register of Lead Partners: what each can take on, and what a match would miss."""
    from app.cli.render_capacity import show_register  # noqa: PLC0415
    from clustering import read_register, register_document, render_register  # noqa: PLC0415

    with stopping_on_errors():
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario, options = None, parse_file_options(read or [])
            if schools:
                names = [path.name for path in (*register, *(preferences or []))]
                others, options = options_of_others(options, names), options_of_files(options, names)
                scenario = read_scenario(schools=schools, options=others, encoding=encoding, require_flows=False)
            checked = read_register(
                register, preferences or None, scenario=scenario, options=options, encoding=encoding
            )
        written = (
            []
            if out is None
            else write_package(render_register(checked), out, name="register", title="Register of Lead Partners")
        )
        show_register(register_document(checked), details=details)
        show_warnings(problem_kinds(checked.warnings))
        show_written(written)


@with_optional_files
def match(
    inputs: Inputs,
    register: RegisterFiles,
    preferences: PreferenceFiles = None,
    zones: ZonesFile = None,
    own_settings: Set = None,
    out: Out = None,
) -> None:
    """Match Zones with Lead Partners, so that as much need as can be is served."""
    from app.cli.render_capacity import show_match  # noqa: PLC0415
    from clustering import MatchParameters, match_document, match_zones, write_match  # noqa: PLC0415

    with stopping_on_errors():
        settings: dict[str, Any] = split_settings(own_settings or [])
        parameters = MatchParameters(**settings)
        with progress_bar() as progress:
            base = read_base(inputs, zones, (register, preferences or []), parameters, progress)
            answer = match_zones(base.needs, base.register, parameters, progress=progress)
            written: Sequence[Path] = []
            if out is not None:
                written = write_match(answer, base.needs, base.register, out, geometry=base.geometry)
        base.show_report()
        show_match(match_document(answer), _today(), base.sizes)
        show_written(written)


@with_optional_files
def plan_years(
    inputs: Inputs,
    register: RegisterFiles,
    preferences: PreferenceFiles = None,
    zones: ZonesFile = None,
    own_settings: Set = None,
    out: Out = None,
) -> None:
    """Plan which Zones start in which fall, with which Lead Partner, under yearly budgets and capacity."""
    import clustering  # noqa: PLC0415
    from app.cli.render_capacity import show_year_plan  # noqa: PLC0415

    with stopping_on_errors():
        settings: dict[str, Any] = split_settings(own_settings or [])
        parameters = clustering.PlanYearsParameters(**settings)
        with progress_bar() as progress:
            base = read_base(inputs, zones, (register, preferences or []), parameters, progress)
            plan = clustering.plan_years(base.needs, base.register, parameters, progress=progress)
            written: Sequence[Path] = []
            if out is not None:
                written = clustering.write_year_plan(plan, base.needs, base.register, out, geometry=base.geometry)
        base.show_report()
        show_year_plan(clustering.year_plan_document(plan), _today(), base.sizes)
        show_written(written)


CAPACITY_COMMANDS = {"partners": partners, "match": match, "plan-years": plan_years}


@dataclass(frozen=True)
class CapacityBase:
    """
    What a match or a plan starts from.

    Parameters
    ----------
    needs, register
        The two to be matched.
    scenario, proposal
        From which the Zones are; ``None`` for a table of Zones.
    """

    needs: ZoneNeeds
    register: Register
    scenario: Scenario | None = None
    proposal: Proposal | None = None

    @property
    def geometry(self) -> Mapping[str, Any] | None:
        """The Zones as GeoJSON; a table of Zones has none."""
        return None if self.proposal is None else zones_geojson(self.proposal)

    @property
    def sizes(self) -> dict[str, int]:
        """Zone to number of its schools as proposed."""
        schools = self.needs.variants.loc[self.needs.zones.index, "school_ids"]
        return {str(zone): len(each) for zone, each in schools.items()}

    def show_report(self) -> None:
        """Show how the files of schools and flows were read, if there are any, and what is doubtful in the register."""
        if self.scenario is not None:
            show_report(self.scenario.report)
        show_warnings(problem_kinds(self.register.warnings))


def read_base(
    inputs: Inputs,
    zones: Path | None,
    register_files: tuple[Sequence[Path], Sequence[Path]],
    parameters: MatchParameters,
    progress: Progress,
) -> CapacityBase:
    """
    Read a register, and the needs of Zones that a table gives, or of those proposed from files.

    Parameters
    ----------
    inputs, zones, register_files
        What the options name: the files of schools and flows, a table of Zones, those of partners and of preferences.
    parameters
        Of the match or the plan.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    base
        What a match or a plan starts from.

    Raises
    ------
    InputError
        Zones come from both, or from neither, or something is wrong with a file.
    """
    from clustering import measure_zone_needs, read_register, read_zone_needs  # noqa: PLC0415

    if (zones is None) == (not inputs.files["schools"]):
        message = "Zones come from one of two: a table of Zones, or the files from which they are proposed."
        remedy = "Give --zones, or --schools with --flows and the other files."
        raise InputError([Problem(table="files", column="zones", message=message, remedy=remedy)])
    progress("Reading", 0.0)
    request, (partner_files, preference_files) = inputs.parameters(), register_files
    names = [path.name for path in (*partner_files, *preference_files)]
    others, own = inputs.without_options_for(*names), inputs.for_other_files(*names)
    read = partial(read_register, partner_files, preference_files or None, options=own, encoding=inputs.encoding)
    if zones is not None:
        options, encoding = others.file_options, inputs.encoding
        needs = read_zone_needs(zones, options=options, encoding=encoding, disclosure=request.disclosure)
        return CapacityBase(needs, read())
    scenario = others.scenario()
    register = read(scenario=scenario)
    proposal = propose_zones(scenario, request, progress=progress)
    smaller, parts = parameters.allow_smaller, parameters.allow_parts
    needs = measure_zone_needs(scenario, proposal, smaller=smaller, parts=parts, progress=progress)
    return CapacityBase(needs, register, scenario, proposal)


def _today() -> date:
    return datetime.now(UTC).date()
