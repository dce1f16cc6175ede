"""Why a school is in a Zone: values worked out by hand on the toy district, and the sentences written from them."""

from __future__ import annotations

import pytest

from clustering.zones.feeder_graph import build_feeder_graph
from clustering.zones.member_reasons import (
    AnchorReason,
    FeederReason,
    LinkShares,
    explain_feeder,
)
from clustering.zones.parameters import ProposalParameters
from clustering.zones.reason_sentences import describe_reason
from tests.examples.toy_district import ELM, OAK, PINE, WEST, toy_scenario

TO_WEST = LinkShares(receiver="West High", send_share=0.6, receive_share=60 / 170, is_uncertain=False)


def test_the_reason_of_a_feeder_has_its_shares() -> None:
    # Oak sends 60 of 100 to West, which has 170 entering students, and 40 to East, which has 150.
    reason = explain_feeder(build_feeder_graph(toy_scenario()), OAK, frozenset({WEST, OAK, ELM}), ProposalParameters())
    assert reason.name == "Oak Middle"
    assert reason.inside == (TO_WEST,)
    assert reason.kept_share == pytest.approx(0.6)
    assert reason.outside is not None
    assert (reason.outside.receiver, reason.outside.send_share) == ("East High", pytest.approx(0.4))


def test_links_into_the_zone_come_largest_first_and_small_ones_outside_are_left_out() -> None:
    # E4 sends 40 to Elm and 20 to Pine; Elm sends 90 to West and 10 to East, a tenth, which is no link above a tenth.
    graph, members = build_feeder_graph(toy_scenario()), frozenset({WEST, ELM, PINE, "0004"})
    sender = explain_feeder(graph, "0004", members, ProposalParameters())
    assert [(link.receiver, round(link.send_share, 3)) for link in sender.inside] == [
        ("Elm Middle", 0.667),
        ("Pine Middle", 0.333),
    ]
    assert (sender.kept_share, sender.outside) == (pytest.approx(1), None)
    assert explain_feeder(graph, ELM, members, ProposalParameters(minimum_link_share=0.11)).outside is None


def test_a_feeder_without_links_into_the_zone_says_so() -> None:
    reason = explain_feeder(build_feeder_graph(toy_scenario()), OAK, frozenset({OAK, PINE}), ProposalParameters())
    assert (reason.inside, reason.kept_share) == ((), None)
    text = describe_reason(reason, is_estimated=False)
    assert text == "No promotions from Oak Middle into the Zone are recorded."


def test_one_link_is_one_sentence_and_the_way_out_another() -> None:
    outside = LinkShares(receiver="East High", send_share=0.4, receive_share=0.27, is_uncertain=False)
    reason = FeederReason(name="Oak Middle", inside=(TO_WEST,), kept_share=0.6, outside=outside)
    assert describe_reason(reason, is_estimated=False) == (
        "60% of Oak Middle's promoted students go to West High and make up 35% of its entering grade."
        " Outside the Zone, 40% go to East High."
    )


def test_several_links_are_summed_up_and_uncertain_ones_are_about() -> None:
    unsure = LinkShares(receiver="Elm Middle", send_share=0.25, receive_share=0.5, is_uncertain=True)
    certain = LinkShares(receiver="Pine Middle", send_share=0.15, receive_share=0.1, is_uncertain=False)
    reason = FeederReason(name="Sisters", inside=(unsure, unsure, certain), kept_share=0.65, outside=None)
    assert describe_reason(reason, is_estimated=True) == (
        "Estimated flows: About 25% of Sisters' promoted students go to Elm Middle and make up 50% of its entering"
        " grade. About 25% go to Elm Middle (50% of its entering grade). Another 15% go to Pine Middle (10% of its"
        " entering grade). In all, 65% of its promoted students stay in the Zone."
    )


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (
            AnchorReason(
                explanation="Rate 55.0%.",
                is_identified=True,
                feeder_count=1,
                coverage=0.5,
                is_uncertain=True,
            ),
            "Low-performing high school. Rate 55.0%. The Zone's 1 feeder sends about 50% of its entering students.",
        ),
        (
            AnchorReason(explanation=None, is_identified=False, feeder_count=2, coverage=None, is_uncertain=False),
            "Not identified as low-performing. It is no open school that offers any of grades 9 to 12.",
        ),
    ],
)
def test_an_anchor_says_its_numbers(reason: AnchorReason, text: str) -> None:
    assert describe_reason(reason, is_estimated=False) == text
