"""The two kinds of answers about capacity, matches and year plans: all that routes, pages and jobs need to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.queries.analysis import Analysis
from app.queries.capacity_analyses import MATCH_ANALYSES, YEAR_PLAN_ANALYSES
from app.queries.capacity_statements import describe_match, describe_year_plan, warn_of_first_year
from app.store import MATCH, YEAR_PLAN
from clustering import MatchParameters, PlanYearsParameters

CSV, HTML, JSON = "text/csv; charset=utf-8", "text/html; charset=utf-8", "application/json"


class ResultPart(NamedTuple):
    """
    A form in which a match or a year plan is served.

    Parameters
    ----------
    file
        The name that the library gives it as a file.
    path
        Last part of its address; blank for the document, which has none of its own.
    media_type
        Its media type.
    title
        What it is, in a few words.
    """

    file: str
    path: str
    media_type: str
    title: str


@dataclass(frozen=True, kw_only=True)
class CapacityKind:
    """
    A kind of answers.

    Parameters
    ----------
    name
        In the store.
    path
        First part of the addresses of its results, and last part of the address where one is asked for.
    title, explanation
        Heading and first paragraph of the page where one is asked for.
    heading
        Of a result, its picture and its map.
    parameters
        What can be asked.
    parts
        The document first.
    describe
        Says in a sentence or two what the document of a result comes to.
    analyses
        What can be asked of a result.
    """

    name: str
    path: str
    title: str
    explanation: str
    heading: str
    parameters: type[MatchParameters]
    parts: tuple[ResultPart, ...]
    describe: Callable[[Mapping[str, Any]], str]
    analyses: tuple[Analysis, ...]

    @property
    def document(self) -> ResultPart:
        """The whole answer as JSON."""
        return self.parts[0]

    def summarise(self, document: Mapping[str, Any], today: date) -> dict[str, Any]:
        """
        Write a few figures for lists.

        ``warning`` is a sentence where the first school year is past or far off, or ``None``. ``statement`` and
        ``disclosure`` keep their names in every format, because they are shown of results of earlier versions too.
        """
        solution = document["solution"]
        disclosure = document["provenance"]["disclosure"]
        return {
            "statement": self.describe(document),
            "warning": warn_of_first_year(document, today),
            "disclosure": disclosure,
            "status": solution["status"],
        }

    def part(self, path: str) -> ResultPart:
        """The part at an address."""
        return next(part for part in self.parts if part.path == path)


MATCHES = CapacityKind(
    name=MATCH,
    path="matches",
    title="Match with Lead Partners",
    explanation="Each Zone gets at most one Lead Partner, so that as much need as can be is served within capacity,"
    " reach, levels, exclusions, start dates and budget. Every match comes with its reason, and so does every Zone and"
    " every partner without a match.",
    heading="Match with Lead Partners",
    parameters=MatchParameters,
    parts=(
        ResultPart("match.json", "", JSON, "The match"),
        ResultPart("matches.csv", "matches", CSV, "Zones and their partners"),
        ResultPart("unserved.csv", "unserved", CSV, "Zones without a partner"),
        ResultPart("unused_partners.csv", "unused", CSV, "Partners without a Zone"),
        ResultPart("capacity.csv", "capacity", CSV, "Capacity of each partner"),
        ResultPart("picture.json", "figures", JSON, "Figures of the picture"),
        ResultPart("picture.html", "picture", HTML, "The state's picture on one page"),
        ResultPart("map.html", "map", HTML, "Map"),
    ),
    describe=describe_match,
    analyses=MATCH_ANALYSES,
)
YEAR_PLANS = CapacityKind(
    name=YEAR_PLAN,
    path="year-plans",
    title="Plan the years",
    explanation="Which Zones start in which fall, with which Lead Partner, under the budget and the capacity of every"
    " year. The plan has a year of planning before each start, reviews at 18 and 36 months, exits when contracts end,"
    " and the growth of partners.",
    heading="Multi-year plan",
    parameters=PlanYearsParameters,
    parts=(
        ResultPart("year_plan.json", "", JSON, "The plan"),
        ResultPart("starts.csv", "starts", CSV, "Which Zone starts when"),
        ResultPart("falls.csv", "falls", CSV, "Year by year"),
        ResultPart("partners_by_fall.csv", "partners", CSV, "Capacity of each partner, year by year"),
        ResultPart("not_started.csv", "unserved", CSV, "Zones that do not start"),
        ResultPart("picture.json", "figures", JSON, "Figures of the picture"),
        ResultPart("picture.html", "picture", HTML, "The state's picture on one page"),
        ResultPart("map.html", "map", HTML, "Map"),
    ),
    describe=describe_year_plan,
    analyses=YEAR_PLAN_ANALYSES,
)
CAPACITY_KINDS = {kind.name: kind for kind in (MATCHES, YEAR_PLANS)}
