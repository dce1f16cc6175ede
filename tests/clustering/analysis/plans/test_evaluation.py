"""Plans: read from any table, every fault named at once, and scored as a proposal is."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clustering import (
    InputError,
    NamedFile,
    Plan,
    Problem,
    Proposal,
    ZonePlanner,
    draw_map,
    evaluate_plan,
    members_table,
    parse_parameters,
    proposal_document,
    propose_zones,
    read_plan,
    render_proposal,
    schools_table,
    table_bytes,
)
from clustering.analysis.plans import evaluation, reading
from clustering.identification.high_schools import identify_high_schools
from clustering.identification.rules import parse_rule
from tests.examples.plans import BOTH, TODAY, plan_table
from tests.examples.toy_district import EAST, ELM, EXACT, OAK, PINE, WEST, toy_flows, toy_scenario, toy_schools
from tests.faulty_files.hostile_names import EVALUATED, HOSTILE_NAMES, hostile_scenario


def read(table: pd.DataFrame, **settings: object) -> Plan:
    return read_plan(table, toy_scenario(), parse_parameters({**EXACT, "identification": BOTH, **settings}))


def faults(table: pd.DataFrame, **settings: object) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read(table, **settings)
    assert all(problem.remedy and problem.is_error for problem in caught.value.problems)
    return list(caught.value.problems)


def score(table: pd.DataFrame, flows: pd.DataFrame | None = None, **settings: object) -> Proposal:
    scenario, parameters = toy_scenario(flows=flows), parse_parameters({**EXACT, "identification": BOTH, **settings})
    return evaluate_plan(scenario, read_plan(table, scenario, parameters), parameters)


def test_a_plan_is_scored_by_hand() -> None:
    proposal = score(plan_table())
    west, east = proposal.zones
    assert (west.zone_id, east.zone_id) == ("zone-0010", "zone-0011")
    assert (west.metrics.promoted_students, west.metrics.retained_students, west.metrics.score) == (210, 120, 97.5)
    assert (east.metrics.promoted_students, east.metrics.retained_students) == (270, 191.667)
    assert east.metrics.score == pytest.approx(191.667 - 0.25 * 78.333, abs=1e-3)
    assert (west.metrics.entering_students, west.metrics.entering_from_feeders_students) == (170, 60)
    assert west.metrics.coverage == round(60 / 170, 6)
    # Oak's 40 go to the other Zone, E2's 10 to Elm, which is in none.
    assert west.metrics.leaked_to_other_zones_students == 40
    assert west.metrics.leaked_to_other_schools_students == 10
    # Of the hundred who go to Oak 40 go on to East.
    assert west.metrics.leaked_further_on_students == 40
    assert proposal.solution.score == pytest.approx(97.5 + 172.083, abs=2e-3)
    assert (proposal.solution.method, proposal.solution.status) == ("plan", "given")
    assert (proposal.solution.bound, proposal.solution.gap) == (None, None)
    assert proposal.schools["role"].value_counts().to_dict() == {"feeder": 7, "anchor": 2, "outside": 2}
    assert [member.steps for member in west.members] == [0, 1, 2, 2]
    assert {"role": "plan", "name": "plan", "rows": 9} in proposal.provenance["files"]
    assert not any("breaks" in note for note in proposal.notes)


def test_a_plan_has_every_form_of_a_proposal() -> None:
    contents = render_proposal(score(plan_table()))
    assert "Zones as given" in contents["map-exact-not-for-release.html"].decode()
    assert "A plan as given, which scores 269.6" in contents["map-exact-not-for-release.html"].decode()
    members = pd.read_csv(io.BytesIO(contents["members-exact-not-for-release.csv"]), dtype="str")
    assert members["steps"].to_list() == ["0", "1", "2", "2", "0", "1", "2", "2", "2"]


@pytest.mark.parametrize("form", [members_table, schools_table])
def test_files_of_a_proposal_are_plans(form: object, tmp_path: Path) -> None:
    # No plan is asked whether suppressed or rounded counts could change it.
    request = {"identification": BOTH, "maximum_schools": 5, "check_suppressed": False}
    scenario, parameters = toy_scenario(), parse_parameters(request)
    proposal = propose_zones(scenario, parameters)
    path = tmp_path / "again.csv"
    path.write_bytes(table_bytes(form(proposal)))  # type: ignore[operator]
    again = evaluate_plan(scenario, read_plan(path, scenario, parameters), parameters)
    assert again.zones == proposal.zones
    assert again.anchors == proposal.anchors
    assert again.solution.score == proposal.solution.score
    label = proposal_document(again)["provenance"]
    assert label["tables_sha256"] == proposal_document(proposal)["provenance"]["tables_sha256"]


def test_identifiers_that_our_csv_disarms_are_read_back(tmp_path: Path) -> None:
    schools, flows = (table.replace({OAK: "-07", EAST: "=11"}) for table in (toy_schools(), toy_flows()))
    parameters = parse_parameters({"identification": BOTH, "check_suppressed": False})
    scenario = toy_scenario(schools, flows)
    proposal = propose_zones(scenario, parameters)
    (tmp_path / "members.csv").write_bytes(table_bytes(members_table(proposal)))
    assert b"'-07" in (tmp_path / "members.csv").read_bytes()
    assert (
        evaluate_plan(scenario, read_plan(tmp_path / "members.csv", scenario, parameters), parameters).zones
        == proposal.zones
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"role": ["Anchor", "", "feeder", "feeder", "anchor", "", "", "", ""]},
        {"anchor": ["yes", "", "no", "no", "x", "", "", "", ""]},
        {"anchor_id": [WEST] * 4 + [EAST] * 5},
        {"anchor": [WEST, "", "", "", "", EAST, "", "", ""]},
        {},
    ],
)
def test_anchors_are_marked_in_any_way_or_found(columns: dict[str, list[str]]) -> None:
    expected = {WEST: ("0001", "0002", OAK), EAST: ("0004", "0005", "0006", PINE)}
    assert dict(read(plan_table(**columns)).membership) == expected


def test_the_only_low_performing_high_school_is_the_anchor_before_the_only_high_school() -> None:
    together = plan_table({"one": (WEST, EAST, OAK)})
    assert read(together, identification="graduation_rate<0.67").membership == {WEST: (OAK, EAST)}
    assert read(plan_table({"one": (EAST, PINE)}), identification="graduation_rate<0.67").membership == {EAST: (PINE,)}
    label = faults(together)
    assert [(problem.row, problem.column, problem.value, problem.school_id) for problem in label] == [
        (2, "Zone", "one", WEST),
        (3, "Zone", "one", EAST),
    ]
    assert "none is marked" in label[0].message


def test_a_marked_anchor_need_not_be_low_performing_and_the_notes_say_so() -> None:
    table = plan_table({"one": (EAST, PINE, "0005", "0006")})
    proposal = score(table, identification="graduation_rate<0.67")
    assert proposal.zones[0].members[0].reason.startswith("Not identified as low-performing. Graduation rate 80.0%")
    assert any("not identified as low-performing: East High (0011)." in note for note in proposal.notes)
    (west,) = proposal.anchors
    assert (west.zone_id, west.reason_without_zone) == (None, "The plan has no Zone around it.")
    middle = score(plan_table({"one": (OAK, "0001", "0002")}, role=["anchor", "", ""]))
    assert "no open school that offers any of grades 9 to 12" in middle.zones[0].members[0].reason
    assert middle.zones[0].metrics.retained_students == 100


def test_an_anchor_that_is_a_feeder_elsewhere_is_told_of() -> None:
    proposal = score(plan_table({"one": (WEST, EAST, OAK)}, role=["anchor", "", ""]))
    assert proposal.anchors[1].reason_without_zone == "In the plan it is a feeder of West High."


def test_rows_without_a_zone_are_schools_outside() -> None:
    plan = read(pd.concat([plan_table(), pd.DataFrame({"school_id": [ELM, "9999"], "Zone": ["", ""]})]))
    assert {ELM, "9999"}.isdisjoint({school for feeders in plan.membership.values() for school in feeders})
    assert (plan.file.rows_read, plan.file.rows_used, plan.file.rows_set_aside) == (11, 9, 2)


def test_every_fault_of_a_plan_is_named_at_once(tmp_path: Path) -> None:
    lines = [
        "NCESSCH;zone;role",
        f"{WEST};a;anchor",
        f"{EAST};a;anchor",
        "0001;b;",
        "0002;b;",
        "0002;b;feeder",
        f"{OAK};a;",
        f"{OAK};c;",
        "9999;c;",
        "7;c;",
        ";c;",
        f"{PINE};;anchor",
    ]
    (tmp_path / "plan.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_plan(tmp_path / "plan.csv", toy_scenario(), parse_parameters({"identification": BOTH}))
    label = {(each.table, each.row, each.column, each.value): each.message for each in caught.value.problems}
    expected = {
        (4, "zone", "b"): "The Zone has no anchor",
        (6, "NCESSCH", "0002"): "The school stands in this Zone already.",
        (7, "zone", "a"): "The school stands in another Zone as well.",
        (8, "zone", "c"): "The school stands in another Zone as well.",
        (9, "NCESSCH", "9999"): "There is no school with this identifier",
        (10, "NCESSCH", "7"): "The identifier has lost its leading zero",
        (11, "NCESSCH", ""): "The school identifier is missing.",
        (12, "zone", ""): "The school is marked as an anchor and has no Zone.",
    }
    assert {place[1:] for place in label} == set(expected)
    assert {place[0] for place in label} == {"plan.csv"}
    for place, message in expected.items():
        assert label["plan.csv", *place].startswith(message), place


@pytest.mark.parametrize(
    ("columns", "messages"),
    [
        ({"anchor_id": [ELM] * 4 + [EAST] * 5}, ["not among the schools of this Zone"] * 4),
        ({"anchor_id": [WEST, ELM, *[""] * 7]}, ["not among the schools of this Zone"]),
    ],
)
def test_contradicting_marks_are_told(columns: dict[str, list[str]], messages: list[str]) -> None:
    label = faults(plan_table(**columns))
    assert len(label) == len(messages)
    assert all(message in problem.message for message, problem in zip(messages, label, strict=True))


def test_a_table_that_is_no_plan_is_refused() -> None:
    assert "This plan file has no column for zone" in faults(toy_schools())[0].message
    assert faults(plan_table(Zone=[""] * 9))[0].message == "No row of the plan has a Zone."
    scenario = toy_scenario()
    other = toy_scenario(toy_schools().replace({OAK: "0077"}), toy_flows().replace({OAK: "0077"}))
    with pytest.raises(InputError, match="The scenario has no school with this identifier"):
        evaluate_plan(other, read_plan(plan_table(), scenario, parse_parameters({"identification": BOTH})))


def test_limits_that_a_plan_breaks_are_notes_and_no_error() -> None:
    proposal = score(plan_table({"west": (WEST, OAK, "0006"), "east": (EAST,)}), maximum_distance_km=8)
    label = [note for note in proposal.notes if note.startswith("This plan breaks a limit of the request: ")]
    assert any("The Zone of 0011 has 1 school, not 3 to 12." in note for note in label)
    assert any("no promotions lead to the anchor: 0006" in note for note in label)
    stranded = proposal.zones[0].members[-1]
    assert (stranded.school_id, stranded.steps) == ("0006", None)
    assert stranded.reason == "No promotions from E6 into the Zone are recorded."
    far = score(plan_table(), maximum_distance_km=8)
    assert any("0001, which is 10.0 km away, and the limit is 8 km" in note for note in far.notes)


def test_a_role_of_another_name_is_a_warning_that_the_notes_repeat() -> None:
    proposal = score(plan_table(role=["anchor", "partner", "", "", "anchor", "", "", "", ""]))
    assert any("Warning when the plan was read (1 times): The role is neither" in note for note in proposal.notes)


def test_a_plan_is_protected_as_a_proposal_is() -> None:
    """Two inputs that differ only in small counts, or within a class, give the same document."""

    def document(small: str, large: str, **settings: object) -> dict[str, object]:
        flows = toy_flows()
        flows.loc[1, "students"], flows.loc[8, "students"] = small, large
        return proposal_document(score(plan_table(), flows, **settings))

    # 12 or 14 leave E2, which are both taken for 14, and 100 or 102 Oak: of neither is more asked.
    assert document("2", "60", disclosure="protected") == document("4", "62", disclosure="protected")
    assert document("2", "60", disclosure="exact") != document("4", "62", disclosure="exact")


def test_encodings_delimiters_and_options_are_those_of_other_files(tmp_path: Path) -> None:
    table = plan_table().rename(columns={"Zone": "Verbund"})
    table["Verbund"] = table["Verbund"].str.replace("side", "Höhe")
    (tmp_path / "plan").write_bytes(table.to_csv(index=False, sep="|").encode("cp1252"))
    named = NamedFile(tmp_path / "plan", "mein plan.csv")
    parameters = parse_parameters({"identification": BOTH})
    options = ["mein plan.csv:columns.zone=Verbund", "encoding=cp1252"]
    assert list(read_plan(named, toy_scenario(), parameters, options=options).membership) == [WEST, EAST]
    with pytest.raises(InputError, match="but no such file"):
        read_plan(named, toy_scenario(), parameters, options=["other.csv:encoding=cp1252"])


def test_no_text_of_a_plan_runs(tmp_path: Path) -> None:
    parameters = parse_parameters({"identification": "graduation_rate<0.67"})
    districts = [
        plan_table(
            {
                f"{name} {side}": tuple(f"{number:02d}{school}" for school in TODAY[side])
                for side in ("west side", "east side")
            },
            note=[name] * 9,
        )
        for number, name in enumerate(HOSTILE_NAMES)
    ]
    pd.concat(districts).to_csv(tmp_path / "plan.csv", index=False)
    plan = read_plan(tmp_path / "plan.csv", hostile_scenario(), parameters)
    assert len(plan.membership) == 2 * len(HOSTILE_NAMES)
    drawn = render_proposal(evaluate_plan(hostile_scenario(), plan, parameters))["map.html"].decode()
    assert EVALUATED not in drawn.replace("191", "")
    assert "<script>window.ran" not in drawn


def test_no_name_of_a_file_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, parameters = toy_scenario(), parse_parameters({"identification": BOTH})
    plan_table().to_csv(tmp_path / "plan.csv", index=False)
    # What is identified does not hang on the name of the plan: once is enough for all of them.
    decisions = identify_high_schools(scenario, parse_rule(BOTH), disclosure=parameters.disclosure)
    monkeypatch.setattr(reading, "identify_high_schools", lambda *_, **__: decisions)
    names = [f"{name}.csv" for name in HOSTILE_NAMES]
    plans = [read_plan(NamedFile(tmp_path / "plan.csv", name), scenario, parameters) for name in names]
    assert [plan.file.name for plan in plans] == names
    planner = ZonePlanner(scenario)
    monkeypatch.setattr(evaluation, "ZonePlanner", lambda _: planner)
    evaluated = [evaluate_plan(scenario, plan, parameters) for plan in plans]
    # All that names the plans, on one map: most of the time would go into drawing one for each.
    files = [file for proposal in evaluated for file in proposal.provenance["files"]]
    assert {*names} <= {file["name"] for file in files}
    notes = tuple(dict.fromkeys(note for proposal in evaluated for note in proposal.notes))
    assert all(any(name in note for note in notes) for name in names)
    everything = {"notes": notes, "provenance": {**evaluated[0].provenance, "files": files}}
    drawn = draw_map(replace(evaluated[0], **everything))
    assert drawn.count(".csv") >= 2 * len(names)
    for sign, page in ((EVALUATED, drawn.replace("191", "")), ("<script>window.ran", drawn)):
        start = page.find(sign)
        assert start < 0, page[max(start - 200, 0) : start + 200]  # which name it is
