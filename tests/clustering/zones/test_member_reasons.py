"""Why a school is in a Zone: values worked out by hand on the toy district, and the sentences written from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering import propose_zones
from clustering.zones.feeder_graph import build_feeder_graph
from clustering.zones.member_arrival import Arrival
from clustering.zones.member_reasons import (
    AnchorReason,
    FeederReason,
    LinkShares,
    UnlistedSender,
    explain_feeder,
)
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.reason_sentences import describe_reason
from clustering.zones.request import build_request
from tests.examples.toy_district import ELM, OAK, PINE, WEST, toy_scenario

TO_WEST = LinkShares(receiver="West High", send_share=0.6, receive_share=60 / 170, is_uncertain=False)
DIRECT = Arrival(promoted_students=100, arriving_students=60, share=0.6, basis="direct")


def explain(school: str, members: frozenset[str], **settings: object) -> FeederReason:
    scenario = toy_scenario()
    request = build_request(scenario, parse_parameters(settings))
    return explain_feeder(
        build_feeder_graph(scenario), school, members, request=request, anchors=(WEST,), arrival=DIRECT
    )


def test_the_reason_of_a_feeder_has_its_shares() -> None:
    # Oak sends 60 of 100 to West, which has 170 entering students, and 40 to East, which has 150.
    reason = explain(OAK, frozenset({WEST, OAK, ELM}))
    assert (reason.name, reason.anchors, reason.arrival) == ("Oak Middle", ("West High",), DIRECT)
    assert reason.inside == (TO_WEST,)
    assert reason.kept_share == pytest.approx(0.6)
    assert reason.outside is not None
    assert (reason.outside.receiver, reason.outside.send_share) == ("East High", pytest.approx(0.4))


def test_links_into_the_zone_come_largest_first_and_small_ones_outside_are_left_out() -> None:
    # E4 sends 40 to Elm and 20 to Pine; Elm sends 90 to West and 10 to East, a tenth, which is no link above a tenth.
    members = frozenset({WEST, ELM, PINE, "0004"})
    sender = explain("0004", members)
    assert [(link.receiver, round(link.send_share, 3)) for link in sender.inside] == [
        ("Elm Middle", 0.667),
        ("Pine Middle", 0.333),
    ]
    assert (sender.kept_share, sender.outside) == (pytest.approx(1), None)
    assert explain(ELM, members, minimum_link_share=0.11).outside is None


def test_a_feeder_without_links_into_the_zone_says_so() -> None:
    reason = explain(OAK, frozenset({OAK, PINE}))
    assert (reason.inside, reason.kept_share) == ((), None)
    text = describe_reason(reason, is_estimated=False)
    assert text == "No promotions from Oak Middle into the Zone are recorded."


def test_one_link_is_one_sentence_and_the_way_out_another() -> None:
    outside = LinkShares(receiver="East High", send_share=0.4, receive_share=0.27, is_uncertain=False)
    reason = FeederReason(
        name="Oak Middle", inside=(TO_WEST,), kept_share=0.6, arrival=DIRECT, anchors=("West High",), outside=outside
    )
    assert describe_reason(reason, is_estimated=False) == (
        "60% of Oak Middle's promoted students go to West High and make up 35% of its entering grade."
        " Outside the Zone, 40% go to East High."
    )


def test_several_links_are_summed_up_and_uncertain_ones_are_about() -> None:
    unsure = LinkShares(receiver="Elm Middle", send_share=0.25, receive_share=0.5, is_uncertain=True)
    certain = LinkShares(receiver="Pine Middle", send_share=0.15, receive_share=0.1, is_uncertain=False)
    reason = FeederReason(
        name="Sisters",
        inside=(unsure, unsure, certain),
        kept_share=0.65,
        arrival=Arrival(promoted_students=100, arriving_students=30, share=0.3, basis="chained shares"),
        anchors=("West High", "East High"),
        outside=None,
    )
    assert describe_reason(reason, is_estimated=True) == (
        "Estimated flows: About 25% of Sisters' promoted students go to Elm Middle and make up 50% of its entering"
        " grade. About 25% go to Elm Middle (50% of its entering grade). Another 15% go to Pine Middle (10% of its"
        " entering grade). About 30% of Sisters' students reach West High or East High inside the Zone, if each"
        " school's students go on in its usual shares."
    )


@pytest.mark.parametrize(
    ("basis", "sentence"),
    [
        ("direct", "30% of E1's students reach West High inside the Zone."),
        ("catchments", "30% of E1's students reach West High inside the Zone, by catchments."),
        (
            "student records and chained shares",
            "30% of E1's students reach West High inside the Zone, by student records and chained shares.",
        ),
    ],
)
def test_how_the_arrival_is_known_is_said(basis: str, sentence: str) -> None:
    to_oak = LinkShares(receiver="Oak Middle", send_share=0.5, receive_share=0.5, is_uncertain=False)
    reason = FeederReason(
        name="E1",
        inside=(TO_WEST, to_oak),
        kept_share=1.0,
        arrival=Arrival(promoted_students=100, arriving_students=30, share=0.3, basis=basis),
        anchors=("West High",),
        outside=None,
    )
    assert describe_reason(reason, is_estimated=False).endswith(f"(50% of its entering grade). {sentence}")


# 150 of West's 170 entering students come from Oak and Elm; it has no students whose way is not known.
METRICS = propose_zones(toy_scenario(), {}).zones[0].metrics
LOW = AnchorReason(
    explanation="Rate 55.0%.",
    is_identified=True,
    feeder_count=1,
    metrics=METRICS,
    unlisted_sender=None,
    is_uncertain=True,
)


def test_an_anchor_says_its_numbers() -> None:
    assert describe_reason(LOW, is_estimated=False) == (
        "Low-performing high school. Rate 55.0%. The Zone's 1 feeder sends about 88% of its entering students (150 of"
        " 170 a year)."
    )
    unknown = replace(LOW, explanation=None, is_identified=False, metrics=replace(METRICS, coverage=None))
    assert describe_reason(unknown, is_estimated=False) == (
        "Not identified as low-performing. It is no open school that offers any of grades 9 to 12."
    )


@pytest.mark.parametrize(("in_grade", "is_said"), [(340.0, False), (341.0, True), (None, False)])
def test_an_anchor_says_that_few_of_its_entry_grade_are_known(in_grade: float | None, is_said: bool) -> None:
    text = describe_reason(replace(LOW, metrics=replace(METRICS, entry_grade_students=in_grade)), is_estimated=False)
    sentence = (
        "Its entry grade has about 341 students, and only for 170 the files tell the school before: the share rests on"
        " these."
    )
    assert text.endswith(sentence) == is_said
    assert ("entry grade" in text) == is_said


def test_an_anchor_names_the_unlisted_school_that_sends_most() -> None:
    reason = replace(
        LOW,
        metrics=replace(METRICS, entering_from_unlisted_students=95.0),
        unlisted_sender=UnlistedSender(label="9999", students=50.0),
    )
    assert describe_reason(reason, is_estimated=False).endswith(
        "Schools that are not in the schools files send 95 of the 170, most of them 9999 (50)."
    )
