"""
The Zone model for CP-SAT, written from docs/model.md alone: a second opinion that shares no code with the solver.

Not written down: merged anchors, and catchments that must hang together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from clustering.zones.distances import distance_km
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest

# CP-SAT knows whole numbers only: a score is counted in these parts of a student.
_PARTS = 100_000
_STRATEGIES = ("reduced_costs", "max_lp")


@dataclass(frozen=True, kw_only=True)
class CpSatAnswer:
    """
    What CP-SAT says.

    Parameters
    ----------
    status
        ``OPTIMAL``, ``FEASIBLE`` (out of time), ``INFEASIBLE`` or ``UNKNOWN``.
    zones
        Feeders by anchor, sorted.
    score, bound
        Of the Zones, and of any answer [students per year]; minus and plus infinity where there is none.
    """

    status: str
    zones: Mapping[str, tuple[str, ...]]
    score: float
    bound: float


class _ZoneModel:
    """The feeder graph in dictionaries, and the variables of the model."""

    def __init__(self, tables: FeederTables, request: ZoneRequest, anchors: Sequence[str]) -> None:
        self.request, self.parameters, self.anchors = request, request.parameters, sorted(anchors)
        self.flows: dict[tuple[str, str], float] = {}
        self.ties: set[tuple[str, str]] = set()
        self.retained: list[tuple[float, cp_model.IntVar]] = []
        links = tables.links[["origin", "destination", "students", "send_share", "receive_share"]]
        for origin, destination, students, send, receive in links.itertuples(index=False):
            self.flows[origin, destination] = students
            if max(send, receive) >= self.parameters.minimum_link_share:
                self.ties.add((origin, destination))
        self.known = _known_shares(tables)
        totals = tables.totals["promoted_students"]
        self.promoted = (totals + tables.totals["exit_students"] if self.parameters.count_exits else totals).to_dict()
        self.onward: dict[str, list[str]] = {}
        for origin, destination in sorted(self.flows):
            self.onward.setdefault(origin, []).append(destination)
        self.model = cp_model.CpModel()
        self.is_open = {anchor: self.model.new_bool_var(f"open {anchor}") for anchor in self.anchors}
        self.is_in = {
            (anchor, school): self.model.new_bool_var(f"{school} in {anchor}")
            for anchor in self.anchors
            for school in sorted(self.candidates(anchor))
        }

    def candidates(self, anchor: str) -> set[str]:
        """Schools from which a chain of few enough promotions leads to the anchor, through such schools only."""
        found, newest = set[str](), {anchor}
        for _ in range(self.parameters.maximum_steps):
            senders = {origin for origin, destination in self.ties if destination in newest}
            newest = {school for school in senders - found if self.may_be_in(school, anchor)}
            found |= newest
        return found

    def may_be_in(self, school: str, anchor: str) -> bool:
        """Whether nothing but its flows can stand against a school."""
        row, parameters = self.request.schools.loc[school], self.parameters
        return not (
            school in self.anchors
            or school in parameters.force_out
            or row["is_closed"]
            or (parameters.levels and row["level"] not in parameters.levels)
            or (parameters.same_district and row["district"] != self.request.schools.loc[anchor, "district"])
            or (parameters.maximum_distance_km or float("inf")) < distance_km(self.request, school, anchor)
        )

    def members(self, anchor: str) -> list[str]:
        """Candidates of an anchor."""
        return [school for owner, school in self.is_in if owner == anchor]

    def share(self, first: tuple[str, str], destination: str) -> float:
        """Share of the students promoted over a link who go on to a school: by known paths, or else the send share."""
        if first in self.known:
            return self.known[first].get(destination, 0.0)
        return float(self.flows[first[1], destination] / self.promoted[first[1]])

    def arrivals(self, anchor: str, school: str) -> list[tuple[float, cp_model.IntVar]]:
        """Students of every path from a school to the anchor, and whether the whole path lies in the Zone."""
        found = []

        def follow(link: tuple[str, str], students: float, is_inside: cp_model.IntVar) -> None:
            receiver = link[1]
            if students <= 0 or receiver == anchor:
                found.extend([(students, is_inside)] * (receiver == anchor))
            elif (anchor, receiver) in self.is_in:
                both = self.model.new_bool_var("")
                self.model.add_implication(both, is_inside)
                self.model.add_implication(both, self.is_in[anchor, receiver])
                for further in self.onward.get(receiver, ()):
                    follow((receiver, further), students * self.share(link, further), both)

        for receiver in self.onward.get(school, ()):
            follow((school, receiver), self.flows[school, receiver], self.is_in[anchor, school])
        return found

    def write(self) -> None:
        """Write down every rule, and the score."""
        for anchor in self.anchors:
            self.write_zone(anchor)
            self.write_arrival(anchor)
        parameters = self.parameters
        for school in {school for _, school in self.is_in}:
            homes = [self.is_in[anchor, school] for anchor in self.anchors if (anchor, school) in self.is_in]
            if not parameters.shared_feeders:
                self.model.add_at_most_one(homes)
        for school in parameters.force_in:
            homes = [column for (_, each), column in self.is_in.items() if each == school]
            self.model.add_bool_or([*homes, *(self.is_open[each] for each in self.anchors if each == school)])
        if parameters.maximum_zones is not None:
            self.model.add(sum(self.is_open.values()) <= parameters.maximum_zones)
        self.model.maximize(sum(self.score_terms()))

    def write_zone(self, anchor: str) -> None:
        """Size, enrolment, ties and schools that keep together, of one Zone."""
        parameters, model, is_open, feeders = self.parameters, self.model, self.is_open[anchor], self.members(anchor)
        size = sum(self.is_in[anchor, school] for school in feeders) + is_open
        model.add(size <= parameters.maximum_schools * is_open)
        model.add(size >= parameters.minimum_schools * is_open)
        for school in feeders:
            column = self.is_in[anchor, school]
            model.add_implication(column, is_open)
            if (school, anchor) not in self.ties:
                onward = [self.is_in[anchor, other] for other in feeders if (school, other) in self.ties]
                model.add_bool_or([*onward, column.negated()])
        if parameters.maximum_enrolment_students is not None:
            enrolled = self.request.schools["enrolment"].astype(int)
            students = sum(int(enrolled[school]) * self.is_in[anchor, school] for school in feeders)
            model.add(students + int(enrolled[anchor]) * is_open <= int(parameters.maximum_enrolment_students))
        for group in parameters.together():
            columns = [is_open if school == anchor else self.is_in.get((anchor, school), 0) for school in group]
            for column in columns[1:]:
                model.add(columns[0] == column)

    def write_arrival(self, anchor: str) -> None:
        """Least share of each feeder's students who arrive, and the score of those who do."""
        parameters, least = self.parameters, self.parameters.minimum_arrival_share
        exempt = {*parameters.force_in, *(each for group in parameters.together() if anchor in group for each in group)}
        for school in self.members(anchor):
            paths = self.arrivals(anchor, school)
            if least > 0 and school not in exempt:
                arriving = sum(round(_PARTS * students) * is_inside for students, is_inside in paths)
                # Each path may be half a part off.
                needed = round(_PARTS * least * self.promoted[school]) - len(paths) - 1
                self.model.add(arriving >= needed * self.is_in[anchor, school])
            if parameters.score_by == "arrival":
                self.retained.extend(paths)

    def score_terms(self) -> Iterable[cp_model.LinearExprT]:
        """Students retained and leaked, and what membership itself adds, in parts of a student."""
        parameters = self.parameters
        for (anchor, school), column in self.is_in.items():
            worth = 0.0
            if parameters.need_weight:
                worth += parameters.need_weight * float(self.request.cell(school, "need")) * self.promoted[school]
            if parameters.distance_weight:
                worth -= parameters.distance_weight * distance_km(self.request, school, anchor)
            yield round(_PARTS * (worth - parameters.leakage_weight * self.promoted[school])) * column
            if parameters.score_by == "moves":
                self.retained.extend(self.moves(anchor, school))
        for students, is_inside in self.retained:
            yield round(_PARTS * (1 + parameters.leakage_weight) * students) * is_inside

    def moves(self, anchor: str, school: str) -> Iterable[tuple[float, cp_model.IntVar]]:
        """Students of every link of a school, and whether it lies in the Zone."""
        for receiver in self.onward.get(school, ()):
            students, column = self.flows[school, receiver], self.is_in[anchor, school]
            if receiver == anchor:
                yield students, column
            elif (anchor, receiver) in self.is_in:
                both = self.model.new_bool_var("")
                self.model.add_implication(both, column)
                self.model.add_implication(both, self.is_in[anchor, receiver])
                yield students, both


def _known_shares(tables: FeederTables) -> dict[tuple[str, str], dict[str, float]]:
    """Of the students on each link whose paths are known, the share that goes on to each school."""
    paths = tables.paths
    if paths is None:
        return {}
    found: dict[tuple[str, str], dict[str, float]] = {}
    for (origin, via), rows in paths.groupby(["origin", "via"]):
        followed = float(rows["students"].sum())
        if followed > 0:
            sums = rows.groupby("destination")["students"].sum()
            found[str(origin), str(via)] = dict(zip(map(str, sums.index), (sums / followed).tolist(), strict=True))
    return found


def solve_by_cp_sat(
    tables: FeederTables, request: ZoneRequest, anchors: Sequence[str], *, time_limit_s: float, workers: int = 2
) -> CpSatAnswer:
    """
    Solve the Zone model of all anchors together by CP-SAT.

    Parameters
    ----------
    tables
        The feeder graph.
    request
        The limits of the request.
    anchors
        Ids of the low-performing high schools.
    time_limit_s
        Seconds CP-SAT may take.
    workers
        Threads of it, 1 or 2.

    Returns
    -------
    answer
        Scores are those of ``audit.score_zone``, to a hundred-thousandth of a student per term.
    """
    zones = _ZoneModel(tables, request, anchors)
    zones.write()
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit_s
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = 1
    # What CP-SAT would choose for two threads proves nothing here, not even of thirty schools; these two do best.
    solver.parameters.subsolvers.extend(_STRATEGIES[:workers])
    status = solver.solve(zones.model)
    name = solver.status_name(status)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        bound = float("-inf") if status == cp_model.INFEASIBLE else float("inf")
        return CpSatAnswer(status=name, zones={}, score=float("-inf"), bound=bound)
    chosen: dict[str, list[str]] = {each: [] for each in zones.anchors if solver.boolean_value(zones.is_open[each])}
    for (anchor, school), column in zones.is_in.items():
        if solver.boolean_value(column):
            chosen[anchor].append(school)
    return CpSatAnswer(
        status=name,
        zones={anchor: tuple(feeders) for anchor, feeders in chosen.items()},
        score=solver.objective_value / _PARTS,
        bound=solver.best_objective_bound / _PARTS,
    )
