"""What is kept of a dataset and of a proposal, and the parts in which a proposal is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from clustering import MATCH_FORMAT, PROPOSAL_FORMAT, REGISTER_FORMAT, REPORT_FORMAT, YEAR_PLAN_FORMAT, CountFact

# The audiences that have a base of their own, by the value of ``disclosure`` that asks for it.
STAFF, PUBLIC = "protected", "public"

# The kinds of jobs; the last two are kinds of results about capacity, too.
PROPOSAL, MATCH, YEAR_PLAN = "proposal", "match", "year plan"

# Jobs whose result is an answer about what is stored: an analysis, or a comparison.
ANALYSIS = "analysis"

# Documents of these are made from other stored data, so they are written anew after an upgrade.
DATASET, REGISTER = "dataset", "register"

# The formats in which documents are written now, by what they are of.
DOCUMENT_FORMATS = {
    DATASET: REPORT_FORMAT,
    REGISTER: REGISTER_FORMAT,
    PROPOSAL: PROPOSAL_FORMAT,
    MATCH: MATCH_FORMAT,
    YEAR_PLAN: YEAR_PLAN_FORMAT,
}

# What a job that is not finished can be.
UNFINISHED = ("queued", "running")


def summarise_report(report: Mapping[str, Any]) -> dict[str, Any]:
    """Write a few figures of an ingest report for lists."""
    facts = report.get("facts", {})
    return {
        "schools": facts.get("schools"),
        "school_years": facts.get("school_years"),
        "flow_basis": report.get("basis", {}).get("method"),
    }


@dataclass(frozen=True, kw_only=True)
class Origin:
    """
    Where a job comes from.

    Parameters
    ----------
    request_key
        Equal for requests with the same answer, which share one job; blank for a request that is always worked on.
    made_by
        The caller's name, by which callers get fair shares; whoever sends the present request if not given.
    """

    request_key: str = ""
    made_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class StoredProtection:
    """
    How the base of an audience is made, as plain values.

    Parameters
    ----------
    policy
        Document of the policy (``clustering.policy_document``).
    method
        One of the policy's methods.
    key
        Secret of the dataset; it never leaves the service.
    audit
        Document of what the auditor found.
    """

    policy: dict[str, Any]
    method: str
    key: bytes
    audit: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """What makes the base, for ``clustering.with_protections``."""
        return {"policy": self.policy, "method": self.method, "key": self.key.hex()}


@dataclass(frozen=True, kw_only=True)
class CountedContent:
    """
    Of which students a dataset holds counts, and how its base for staff is made.

    Parameters
    ----------
    facts
        Schools and years (``clustering.count_facts``).
    content_tag
        Keyed hash of the inputs (``clustering.content_tag``).
    protection
        As chosen for these inputs.
    """

    facts: Sequence[CountFact]
    content_tag: str
    protection: StoredProtection


@dataclass(frozen=True, kw_only=True)
class LocatedSchool:
    """
    A school and where it is, as anybody may know it.

    Parameters
    ----------
    school_id, name, level, district_id
        As the files give them; ``None`` for what they do not.
    longitude, latitude
        Degrees.
    """

    school_id: str
    name: str | None
    level: str | None
    district_id: str | None
    longitude: float
    latitude: float


@dataclass(frozen=True, kw_only=True)
class IngestedDataset:
    """
    Files that were read.

    Parameters
    ----------
    report
        The ingest report as plain values.
    scenario
        The inputs as bytes.
    counted
        Of which students they hold counts; ``None`` if that is worked out later.
    schools
        Its schools; those that are missing are worked out when the service starts.
    """

    report: dict[str, Any]
    scenario: bytes
    counted: CountedContent | None = None
    schools: Sequence[LocatedSchool] = ()


SecondCutChoice = Literal["refuse", "replace", "release"]


@dataclass(frozen=True, kw_only=True)
class SecondCut:
    """
    What is to be done if a dataset holds counts of students that a registered one holds too.

    Parameters
    ----------
    choice
        ``refuse`` it, let it ``replace`` the registered one, or keep both (``release``).
    by, why
        Who decides so, and for which reason.
    """

    choice: SecondCutChoice = "refuse"
    by: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckedRegister:
    """
    A register of Lead Partners that was read.

    Parameters
    ----------
    report
        Its document: partners, duties, what is missing for a match, files, warnings.
    summary
        A few figures for lists.
    content
        The register as bytes.
    """

    report: dict[str, Any]
    summary: dict[str, Any]
    content: bytes


@dataclass(frozen=True, kw_only=True)
class RenderedResult:
    """
    A proposal, a match or a year plan in every form in which it is served.

    Parameters
    ----------
    summary
        A few figures for lists.
    parts
        Bytes of each part: of a proposal by the part's column in the database, else by the name of its file.
    """

    summary: dict[str, Any]
    parts: Mapping[str, bytes]


class ProposalPart(NamedTuple):
    """
    A part of a stored proposal.

    Parameters
    ----------
    column
        Where the database keeps it.
    file
        The name that the library gives it as a file.
    path
        Last part of its address; blank for the document, which has none of its own.
    format
        Which of the forms at that address it is.
    media_type
        Its media type.
    """

    column: str
    file: str
    path: str
    format: str
    media_type: str


PROPOSAL_PARTS = (
    ProposalPart("document", "proposal.json", "", "json", "application/json"),
    ProposalPart("zones", "zones.geojson", "zones", "json", "application/geo+json"),
    ProposalPart("schools", "schools.geojson", "schools", "json", "application/geo+json"),
    ProposalPart("schools_csv", "schools.csv", "schools", "csv", "text/csv; charset=utf-8"),
    ProposalPart("members_csv", "members.csv", "members", "csv", "text/csv; charset=utf-8"),
    ProposalPart("links_csv", "links.csv", "links", "csv", "text/csv; charset=utf-8"),
    ProposalPart("map", "map.html", "map", "html", "text/html; charset=utf-8"),
)
