"""What the parts of the benchmark stand on: generated files, and a request that is ready to be solved."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clustering import (
    ProposalParameters,
    Scenario,
    build_feeder_tables,
    build_request,
    generate_state,
    identify_high_schools,
    parse_rule,
    propose_zones,
    read_scenario,
    write_state,
    zones_geojson_bytes,
)
from clustering.zones.audit import Membership, score_zone
from clustering.zones.candidate_cache import CandidateCache
from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import FeederTables, graph_of_tables
from clustering.zones.protection_choice import protect
from clustering.zones.request import ZoneRequest
from clustering.zones.solver import Resources, SolutionCache, ZoneSolution, solve
from clustering.zones.solver import parallel as spread


@dataclass(frozen=True, kw_only=True)
class StateFiles:
    """A generated state as published: schools, promotions, graduation rates."""

    directory: Path
    geocodes: Path
    promotions: Path
    graduation: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """All four."""
        return self.directory, self.geocodes, self.promotions, self.graduation


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Feeder tables, anchors and limits of a request."""

    scenario: Scenario
    tables: FeederTables
    anchors: Sequence[str]
    request: ZoneRequest


def write_files(folder: Path, schools: int, *, years: int = 1, inside_school_rows: bool = False) -> StateFiles:
    """Generate a state and write it as published; see ``generate_state``."""
    state = generate_state(schools=schools, years=years, inside_school_rows=inside_school_rows)
    directory, geocodes, promotions, graduation, *_ = write_state(state, folder)
    return StateFiles(directory=directory, geocodes=geocodes, promotions=promotions, graduation=graduation)


def read_files(files: StateFiles) -> Scenario:
    """Read a generated state."""
    return read_scenario(
        schools=[files.directory, files.geocodes], flows=[files.promotions], performance=[files.graduation]
    )


def lay_ground(scenario: Scenario, parameters: ProposalParameters | None = None) -> Ground:
    """Go as far as ``propose_zones`` goes before it looks for candidates."""
    parameters = parameters or ProposalParameters()
    base = scenario
    if parameters.disclosure == "protected":
        base = protect(scenario, "protected")
    decisions = identify_high_schools(base, parse_rule(parameters.identification), disclosure=parameters.disclosure)
    return Ground(
        scenario=base,
        tables=build_feeder_tables(base, suppressed=parameters.assumed_students(base)),
        anchors=decisions.index[decisions["certainty"] == "certain"].tolist(),
        request=build_request(base, parameters),
    )


@contextmanager
def warm_processes(count: int) -> Iterator[Executor]:
    """Processes that have imported what they need, as those of a service that runs have."""
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as executor:
        list(executor.map(_wait_a_moment, range(4 * count)))
        yield executor


def _wait_a_moment(_: int) -> str:
    time.sleep(0.2)  # so that every process has its turn
    return spread.__name__


def find_zones(ground: Ground) -> ZoneSolution:
    """From the feeder graph to proven-optimal Zones."""
    candidates = generate_candidates(ground.tables, ground.anchors, ground.request)
    return solve(candidates, ground.request, with_costs=False)


def total_score(ground: Ground, membership: Membership) -> float:
    """Score of all Zones by the feeder graph, whatever found them [students per year]."""
    graph = graph_of_tables(ground.tables, ground.scenario.schools)
    return sum(score_zone(graph, anchor, feeders, ground.request) for anchor, feeders in membership.items())


@dataclass(frozen=True, kw_only=True)
class PlannerCaches:
    """What a ``ZonePlanner`` keeps of earlier requests."""

    candidates: CandidateCache = field(default_factory=CandidateCache)
    solutions: SolutionCache = field(default_factory=SolutionCache)


def find_zones_with_locks(
    ground: Ground, caches: PlannerCaches, *, force_in: Sequence[str] = (), force_out: Sequence[str] = ()
) -> ZoneSolution:
    """Solve a request whose locks have changed, from the candidates on, with reasons and costs."""
    locked = ground.request.parameters.with_changes(force_in=tuple(force_in), force_out=tuple(force_out))
    request = ground.request.with_locks(locked)
    candidates = caches.candidates.generate(ground.tables, ground.anchors, request)
    return solve(candidates, request, resources=Resources(cache=caches.solutions))


def files_to_geojson(files: StateFiles, out: Path) -> int:
    """Go the whole line, from files to a file of Zones; returns the number of Zones."""
    proposal = propose_zones(read_files(files))
    out.write_bytes(zones_geojson_bytes(proposal))
    return len(proposal.zones)
