"""Why a school is in a Zone: values worked out by hand on the toy district, and the sentences written from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering import propose_zones
from clustering.zones.entrants import Entrants
from clustering.zones.feeder_graph import build_feeder_graph
from clustering.zones.member_arrival import Arrival
from clustering.zones.member_links import Elsewhere, LinkShares
from clustering.zones.member_reasons import (
    AnchorReason,
    FeederReason,
    explain_feeder,
)
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.reason_sentences import describe_reason
from clustering.zones.request import build_request
from tests.examples.toy_district import ELM, EXACT, OAK, PINE, WEST, toy_planner, toy_scenario

TO_WEST = LinkShares(receiver="West High", students=60, send_share=0.6, receive_share=60 / 170, entering_students=170)
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
    outside = LinkShares(receiver="East High", students=40, send_share=0.4, receive_share=0.27, entering_students=150)
    reason = FeederReason(
        name="Oak Middle", inside=(TO_WEST,), kept_share=0.6, arrival=DIRECT, anchors=("West High",), outside=outside
    )
    assert describe_reason(reason, is_estimated=False) == (
        "60% of Oak Middle's promoted students (60 of 100 a year) go to West High and make up 35% of its known entering"
        " students (60 of 170). Outside the Zone, 40% (40) go to East High."
    )


def test_several_links_are_summed_up_and_uncertain_ones_are_about() -> None:
    unsure = LinkShares(
        receiver="Elm Middle",
        students=25,
        send_share=0.25,
        receive_share=0.5,
        entering_students=50,
        is_send_uncertain=True,
        is_receive_uncertain=True,
    )
    certain = LinkShares(receiver="Pine Middle", students=15, send_share=0.15, receive_share=0.1, entering_students=150)
    reason = FeederReason(
        name="Sisters",
        inside=(unsure, unsure, certain),
        kept_share=0.65,
        arrival=Arrival(promoted_students=100, arriving_students=30, share=0.3, basis="chained shares"),
        anchors=("West High", "East High"),
        outside=None,
    )
    assert describe_reason(reason, is_estimated=True) == (
        "Estimated flows: About 25% of Sisters' promoted students (25 of 100 a year) go to Elm Middle and make up about"
        " 50% of its entering students (25 of 50). About 25% (25) go to Elm Middle (about 50% of its 50 entering"
        " students). Another 15% (15) go to Pine Middle (10% of its 150 entering students). About 30% of Sisters'"
        " students (30 of 100 a year) reach West High or East High inside the Zone, if each school's students go on in"
        " its usual shares."
    )


@pytest.mark.parametrize(
    ("basis", "sentence"),
    [
        ("direct", "30% of E1's students (30 of 100 a year) reach West High inside the Zone."),
        ("catchments", "30% of E1's students (30 of 100 a year) reach West High inside the Zone, by catchments."),
        (
            "student records and chained shares",
            (
                "30% of E1's students (30 of 100 a year) reach West High inside the Zone, by student records and"
                " chained shares."
            ),
        ),
    ],
)
def test_how_the_arrival_is_known_is_said(basis: str, sentence: str) -> None:
    to_oak = LinkShares(receiver="Oak Middle", students=50, send_share=0.5, receive_share=0.5, entering_students=100)
    reason = FeederReason(
        name="E1",
        inside=(TO_WEST, to_oak),
        kept_share=1.0,
        arrival=Arrival(promoted_students=100, arriving_students=30, share=0.3, basis=basis),
        anchors=("West High",),
        outside=None,
    )
    assert describe_reason(reason, is_estimated=False).endswith(f"(50% of its 100 known entering students). {sentence}")


# 150 of West's 170 entering students come from Oak and Elm; it has no students whose way is not known.
METRICS = propose_zones(toy_planner(), EXACT).zones[0].metrics
ENTRANTS = Entrants(
    anchor_count=1,
    entering_students=170.0,
    entry_grade_students=None,
    unlisted_students=0.0,
    unlisted_sender=None,
    is_uncertain=False,
)
LOW = AnchorReason(
    explanation="Rate 55.0%.",
    is_identified=True,
    feeder_count=1,
    metrics=METRICS,
    entrants=ENTRANTS,
    is_uncertain=True,
)


def test_an_anchor_says_its_numbers() -> None:
    assert describe_reason(LOW, is_estimated=False) == (
        "Low-performing high school. Rate 55.0%. The Zone's 1 feeder sends about 88% of its known entering students"
        " (150 of 170 a year)."
    )
    unknown = replace(LOW, explanation=None, is_identified=False, metrics=replace(METRICS, coverage=None))
    assert describe_reason(unknown, is_estimated=False) == (
        "Not identified as low-performing. It is no open school that offers any of grades 9 to 12."
    )


def test_where_the_others_go_is_said_with_their_number() -> None:
    # Of 100 promoted students 60 go to West High, 12 to schools of no file, 28 to a school that is not known.
    elsewhere = Elsewhere(to_unknown_schools=28, to_unlisted_schools=12, left=17)
    reason = FeederReason(
        name="Oak Middle",
        inside=(TO_WEST,),
        kept_share=0.6,
        arrival=DIRECT,
        anchors=("West High",),
        outside=None,
        elsewhere=elsewhere,
    )
    assert describe_reason(reason, is_estimated=False).endswith(
        "(60 of 170). 12% (12) go to schools that are not in the schools files. 28% (28) go to a school that the"
        " estimate does not know. 17 more a year left without a destination."
    )
    unsure = replace(reason, elsewhere=Elsewhere(left=4.5, is_left_uncertain=True, is_left_counted=True))
    assert describe_reason(unsure, is_estimated=False).endswith("About 4.5 of them left without a destination.")


def test_shares_of_suppressed_counts_are_about() -> None:
    # Of Oak's 60 for West 1 to 9 are suppressed: 56 + 5. West's 171 entering students rest on the same cell.
    scenario = toy_scenario()
    graph = build_feeder_graph(scenario)
    graph.edges[OAK, WEST].update(students=61, students_low=57, students_high=65)
    request = build_request(scenario, parse_parameters({}))
    members = frozenset({WEST, OAK})
    reason = explain_feeder(graph, OAK, members, request=request, anchors=(WEST,), arrival=DIRECT)
    assert (reason.inside[0].is_send_uncertain, reason.inside[0].is_receive_uncertain) == (True, True)
    # Only West's entering students are open: that does not touch the share of Oak's that goes there.
    graph = build_feeder_graph(scenario)
    graph.nodes[WEST].update(entering_students_low=160)
    reason = explain_feeder(graph, OAK, members, request=request, anchors=(WEST,), arrival=DIRECT)
    assert (reason.inside[0].is_send_uncertain, reason.inside[0].is_receive_uncertain) == (False, True)
    # What Oak promotes in all is open: so is the share that goes to West.
    graph = build_feeder_graph(scenario)
    graph.nodes[OAK].update(promoted_students_high=104)
    reason = explain_feeder(graph, OAK, members, request=request, anchors=(WEST,), arrival=DIRECT)
    assert (reason.inside[0].is_send_uncertain, reason.inside[0].is_receive_uncertain) == (True, False)
