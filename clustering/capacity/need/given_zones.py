"""The Zones of a proposal or of its document, as sets of schools."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from clustering.errors import InputError, Problem
from clustering.zones.documents import proposal_document
from clustering.zones.parameters import ProposalParameters
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.proposal import Proposal


@dataclass(frozen=True, kw_only=True)
class GivenZone:
    """
    A Zone as it was proposed, or as a plan has it.

    Parameters
    ----------
    zone_id, name
        Of the Zone.
    anchor_ids
        The anchor, and those merged with it, in the order of the members.
    feeder_ids
        The other members, sorted.
    """

    zone_id: str
    name: str
    anchor_ids: tuple[str, ...]
    feeder_ids: tuple[str, ...]

    @property
    def school_ids(self) -> tuple[str, ...]:
        """All members, sorted."""
        return tuple(sorted((*self.anchor_ids, *self.feeder_ids)))


@dataclass(frozen=True, kw_only=True)
class GivenProposal:
    """
    What is taken from a proposal.

    Parameters
    ----------
    zones
        Sorted by ``zone_id``.
    parameters
        The request that it answers.
    provenance
        As in the proposal.
    """

    zones: tuple[GivenZone, ...]
    parameters: ProposalParameters
    provenance: Mapping[str, Any]


def read_proposal(proposal: Proposal | Mapping[str, Any]) -> GivenProposal:
    """
    Take the Zones of a proposal.

    Parameters
    ----------
    proposal
        As ``propose_zones`` or ``evaluate_plan`` answers, or its document as ``proposal_document`` writes it.

    Returns
    -------
    given
        Zones, request and provenance.

    Raises
    ------
    InputError
        The document is that of another version, or none.
    """
    document = proposal_document(proposal) if isinstance(proposal, Proposal) else proposal
    try:
        zones = tuple(sorted((_zone_of(each) for each in document["zones"]), key=lambda each: each.zone_id))
        parameters, provenance = parse_parameters(document["parameters"]), dict(document["provenance"])
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        message = "This is not the document of a proposal, or it was written by another version of the software."
        remedy = "Give a Proposal, or what proposal_document writes; ask for the proposal again if it is an old one."
        raise InputError([Problem(table="proposal", message=message, remedy=remedy)]) from None
    return GivenProposal(zones=zones, parameters=parameters, provenance=provenance)


def _zone_of(document: Mapping[str, Any]) -> GivenZone:
    members = document["members"]
    anchors = tuple(str(each["school_id"]) for each in members if each["role"] == "anchor")
    feeders = tuple(sorted(str(each["school_id"]) for each in members if each["role"] != "anchor"))
    if not anchors:
        raise ValueError("a Zone has no anchor")
    return GivenZone(
        zone_id=str(document["zone_id"]), name=str(document["name"]), anchor_ids=anchors, feeder_ids=feeders
    )


def refuse_strangers(given: GivenProposal, known: Container[str]) -> None:
    """Refuse a proposal that names schools which the scenario does not have; ``known`` are those that it has."""
    problems = [
        Problem(
            table="proposal",
            column="school_id",
            value=school,
            message=f"The scenario has no school with this identifier; {zone.zone_id} names it.",
            remedy="Give the scenario that the proposal was made of.",
        )
        for zone in given.zones
        for school in zone.school_ids
        if school not in known
    ]
    if problems:
        raise InputError(problems)
