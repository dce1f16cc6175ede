"""The register as a table and a document: what is missing for a match, counts, and what hostile names do."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from clustering import (
    describe_duties,
    partners_table,
    read_register,
    register_document,
    register_from_bytes,
    register_to_bytes,
    table_bytes,
)
from clustering.capacity.register.documents import describe_missing
from tests.examples.register_files import one_partner, partner_table, preference_table
from tests.faulty_files.hostile_names import HOSTILE_NAMES


def test_the_table_says_what_is_missing_by_hand() -> None:
    table = partners_table(read_register(partner_table())).set_index("partner_id")
    assert table["schools_free"].to_dict() == {"DU1": 5, "LP1": 5, "SP1": pytest.approx(float("nan"), nan_ok=True)}
    assert table["comprehensive_services"].to_dict() == {"DU1": "promised", "LP1": "missing", "SP1": "met"}
    assert table["comprehensive_services_state"].to_dict() == {"DU1": "promised", "LP1": "met", "SP1": "met"}
    missing = table["missing_for_match"]
    assert missing.isna().to_dict() == {"DU1": True, "LP1": True, "SP1": False}
    assert missing["SP1"] == "A supporting partner runs no Zones."


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"maximum_schools": "5", "schools_now": "1"}, ()),
        ({"maximum_schools": "5"}, ("The register does not say how many schools it runs now.",)),
        ({"schools_now": "1"}, ("The register does not say how many schools it can run.",)),
        ({"maximum_schools": "5", "schools_now": "5"}, ("It runs as many schools as it can.",)),
        ({"maximum_schools": "5", "schools_now": "5", "maximum_schools_2030": "6"}, ()),
        ({"maximum_schools_2030": "6", "schools_now": "5"}, ()),
        ({"maximum_schools": "5", "schools_now": "1", "approval": "no"}, ("The state has not approved it.",)),
        (
            {"maximum_schools": "5", "schools_now": "1", "embedded_presence": "no"},
            ("Its duty of embedded presence is missing.",),
        ),
    ],
)
def test_what_keeps_a_partner_from_every_match(cells: dict[str, str], expected: tuple[str, ...]) -> None:
    assert describe_missing(one_partner(**cells)).loc["P"] == expected


def test_the_table_is_read_back(tmp_path: Path) -> None:
    register = read_register(
        partner_table(
            maximum_schools=["8-10", "", "5"],
            maximum_schools_2027=["9-12", "", ""],
            reach_districts=["02;03", "", ""],
            growth_share=["0.25", "", ""],
            cost_per_student=["$1,000-$1,330", "", ""],
        )
    )
    path = tmp_path / "partners.csv"
    path.write_bytes(table_bytes(partners_table(register)))
    again = read_register(path)
    pd.testing.assert_frame_equal(again.partners, register.partners)
    pd.testing.assert_frame_equal(again.capacities, register.capacities)
    assert again.content_sha256 == register.content_sha256


def test_a_cost_of_nothing_is_read_back() -> None:
    register = read_register(partner_table(cost_per_school=["none", "", "Free of charge"]))
    assert register.partners["cost_per_school"].to_dict() == {
        "DU1": 0,
        "LP1": 0,
        "SP1": pytest.approx(float("nan"), nan_ok=True),
    }
    table = partners_table(register)
    assert table["cost_per_school"].tolist()[:2] == ["none", "none"]
    assert read_register(table).content_sha256 == register.content_sha256


def test_a_register_stored_before_reach_was_kept_is_opened() -> None:
    document = json.loads(register_to_bytes(read_register(partner_table())))
    del document["out_of_reach"]
    assert register_from_bytes(json.dumps(document).encode()).out_of_reach == ()


def test_a_table_that_was_written_is_read_without_new_warnings() -> None:
    register = read_register(partner_table())
    assert read_register(partners_table(register)).warnings == register.warnings == ()


def test_the_document_by_hand() -> None:
    rows = preference_table(
        ("LP1", "01", "", "", "prefer", "state", ""), ("DU1", "02", "", "", "exclude", "partner", "Far")
    )
    register = read_register(partner_table(schools_now=["3", "", ""]), rows)
    document = json.loads(json.dumps(register_document(register), allow_nan=False))
    assert document["counts"] == {
        "partners": 3,
        "lead_partners": 2,
        "lead_partners_without_obstacle": 1,
        "by_kind": {"district unit": 1, "organisation": 1, "supporting partner": 1},
        "by_approval": {"applied": 1, "pre-qualified": 1},
        "preferences": 1,
        "exclusions": 1,
        "schools_now": 3,
        "maximum_schools": 13,
        "schools_free": 5,
        "schools_free_without_obstacle": 5,
        "lead_partners_with_unknown_capacity": 1,
    }
    lead = next(each for each in document["partners"] if each["partner_id"] == "LP1")
    assert lead["levels"] == ["elementary", "middle", "high"]
    assert lead["growth_share"] is None
    assert lead["contract_years"] == 4
    assert lead["missing_for_match"] == []
    assert document["preferences"][0]["partner_id"] == "DU1"
    assert len(document["duties"]) == 8
    assert [kind["count"] for kind in document["warning_kinds"]] == [1]
    assert [(file["role"], len(file["sha256"])) for file in document["files"]] == [
        ("partners", 64),
        ("preferences", 64),
    ]
    assert document["content_sha256"] == register.content_sha256
    assert document["software_version"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_text_stays_text(name: str) -> None:
    table = partner_table(name=[name, "Tutors", "Unit"], services=["", name, ""], evidence=[name, "", ""])
    register = read_register(table, preference_table(("LP1", "01", "", "", "prefer", "state", name)))
    assert all(text.isprintable() for text in (*register.partners["name"], *register.preferences["reason"]))
    again = register_from_bytes(register_to_bytes(register))
    pd.testing.assert_frame_equal(again.partners, register.partners)
    json.dumps(register_document(register), allow_nan=False)
    assert all(sentence.isprintable() for sentence in describe_duties(register)["sentence"])
    written = csv.DictReader(table_bytes(partners_table(register)).decode().splitlines())
    texts = [row[column] for row in written for column in ("name", "services", "evidence")]
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_headings_are_not_used(name: str) -> None:
    register = read_register(partner_table(**{f"x {name}": ["1", "2", "3"]}))
    assert len(register.files[0].unused_columns) == 1
    json.dumps(register_document(register), allow_nan=False)
