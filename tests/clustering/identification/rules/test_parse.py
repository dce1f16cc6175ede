"""Rules as data: read, written, refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering import (
    Criterion,
    ExitRule,
    InputError,
    OfficialList,
    Rule,
    parse_rule,
    read_rule,
    rule_schema,
    write_rule,
)
from clustering.identification.rules.field_types import Average, Exclusion, Population
from clustering.model.columns import MEASURES, POINT_MEASURES
from tests.examples.written_rules import problems_of

SCHEMA = jsonschema.validators.validator_for(rule_schema())(rule_schema())  # itself checked by a test below
RATES = [measure for measure in MEASURES if measure not in POINT_MEASURES]
shares = st.integers(0, 10_000).map(lambda number: number / 10_000)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
names = texts.filter(str.strip)


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    is_points = draw(st.booleans())
    average = draw(st.sampled_from(get_args(Average)))
    is_newest = average == "latest" and draw(st.booleans())
    is_lowest = draw(st.booleans())
    below = draw(st.sampled_from(["exclude", "flag"] if is_points else ["exclude", "flag", "pool_years"]))
    years = None if is_newest else draw(st.integers(1, 10))
    if is_points:
        measures: list[str] = [draw(st.sampled_from(POINT_MEASURES))]
        average = "mean" if average == "pooled" else average
    else:
        most = 1 if average == "pooled" or below == "pool_years" else 3
        measures = draw(st.lists(st.sampled_from(RATES), min_size=1, max_size=most, unique=True))
    groups = st.lists(
        texts.filter(lambda name: name not in ("all", "any", "groups")), min_size=1, max_size=3, unique=True
    )
    kind = draw(st.sampled_from(["share", "count", "both"])) if is_lowest else "threshold"
    threshold = st.floats(-1e6, 1e6, allow_nan=False) if is_points else shares
    return Criterion(
        population=draw(st.sampled_from(get_args(Population))),
        measures=tuple(measures),
        subgroups=draw(st.sampled_from([("all",), ("any",), ("groups",)]) | groups.map(tuple)),
        years=years,
        minimum_years=draw(st.none() | st.integers(1, years or 1)),
        average=average,
        or_equal=draw(st.booleans()),
        threshold=draw(threshold) if kind == "threshold" else None,
        bottom_share=draw(shares.filter(bool)) if kind in ("share", "both") else None,
        bottom_count=draw(st.integers(1, 100_000)) if kind in ("count", "both") else None,
        cut_population=draw(st.none() | st.sampled_from(get_args(Population))),
        cut_grades=draw(st.none() | st.just((9, 10, 11, 12)) | st.just((-1, 0))),
        include_ties=draw(st.booleans()),
        decimals=draw(st.none() | st.integers(0, 6)),
        minimum_students=draw(st.none() | st.integers(1, 1000)),
        below_minimum=below,
    )


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    found = draw(st.lists(criteria(), min_size=1, max_size=3))
    is_points = found[0].measures[0] in POINT_MEASURES
    is_of_one_scale = len({each.measures[0] in POINT_MEASURES for each in found}) == 1
    chosen = draw(st.sets(st.sampled_from(get_args(Exclusion))))
    entries = st.lists(names, min_size=1, max_size=3).map(tuple)
    return Rule(
        id=draw(st.from_regex(r"[a-z0-9_]{1,60}", fullmatch=True)),
        title=draw(texts),
        source=draw(st.text(max_size=50)),
        criteria=tuple(found),
        grades=draw(st.sampled_from([(), (9, 10, 11, 12), (12,)])),
        exclude=tuple(name for name in get_args(Exclusion) if name in chosen),
        minimum_years_open=draw(st.integers(1, 20)),
        range_policy=draw(st.sampled_from(["certain", "possible", "midpoint"])),
        official=draw(st.none() | st.builds(OfficialList, column=names, entries=entries)),
        entry_every_years=draw(st.integers(1, 10)),
        exit=ExitRule(
            threshold=draw(st.none() | (st.floats(0, 1000) if is_points else shares)) if is_of_one_scale else None,
            or_equal=draw(st.booleans()),
            minimum_gain_of_gap=None if is_points else draw(st.none() | shares),
            every_year=draw(st.booleans()),
        ),
    )


@given(rules())
def test_a_rule_written_down_reads_as_the_same_rule(rule: Rule) -> None:
    document = write_rule(rule)
    SCHEMA.validate(document)
    assert read_rule(document) == rule
    assert read_rule(json.dumps(document)) == rule


def test_the_schema_is_a_schema_and_describes_every_field() -> None:
    schema = rule_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(field.get("description") for field in schema["properties"].values())
    schema["properties"].clear()
    assert rule_schema()["properties"], "a caller who changes the schema changes no other"


def test_fields_left_out_have_the_plain_values() -> None:
    rule = read_rule({})
    (criterion,) = rule.criteria
    assert (criterion.threshold, criterion.or_equal, criterion.years, criterion.average) == (0.67, False, 1, "latest")
    assert (criterion.measures, criterion.subgroups, criterion.population) == (("graduation_4year",), ("all",), "all")
    assert (rule.grades, rule.exclude, rule.range_policy) == ((9, 10, 11, 12), ("closed",), "certain")


@pytest.mark.parametrize(
    ("text", "threshold", "or_equal"),
    [
        ("graduation_rate<0.67", 0.67, False),
        ("graduation_rate <= 67%", 0.67, True),
        ("  graduation_rate < .5 ", 0.5, False),
        ("graduation_rate<66.1%", 0.661, False),
        ("graduation_rate<=100%", 1.0, True),
    ],
)
def test_a_threshold_in_a_line(text: str, threshold: float, or_equal: bool) -> None:
    rule = parse_rule(text)
    (criterion,) = rule.criteria
    assert (criterion.threshold, criterion.or_equal, criterion.years) == (threshold, or_equal, None)
    assert read_rule(write_rule(rule)) == rule


def test_an_official_list_in_a_line() -> None:
    rule = parse_rule("official: Designation = CSI | TSI |")
    assert rule.official == OfficialList(column="Designation", entries=("CSI", "TSI"))
    assert read_rule(write_rule(rule)) == rule


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    toml = """
        id = "ours"
        threshold = 0.6
        years = 3
        average = "pooled"
        exclude = ["alternative", "closed"]
        exit = { threshold = 0.68, comparator = "ge" }

        [[also]]
        measure = "proficiency_reading"
        bottom_share = 0.05
    """
    fields = {
        "id": "ours",
        "threshold": 0.6,
        "years": 3,
        "average": "pooled",
        "exclude": ["alternative", "closed"],
        "exit": {"threshold": 0.68, "comparator": "ge"},
        "also": [{"measure": "proficiency_reading", "bottom_share": 0.05}],
    }
    rule = read_rule(fields)
    assert read_rule(toml) == read_rule(json.dumps(fields)) == rule
    assert rule.exclude == ("closed", "alternative")
    file = tmp_path / "rule.toml"
    file.write_text(toml, encoding="utf-8-sig")
    assert read_rule(file) == rule


def test_fields_beside_a_preset_replace_its_own() -> None:
    preset = read_rule("mn_csi_graduation")
    changed = read_rule({"preset": "mn_csi_graduation", "threshold": 0.6, "minimum_students": 20})
    (before,), (after,) = preset.criteria, changed.criteria
    assert (after.threshold, after.minimum_students, after.subgroups) == (0.6, 20, before.subgroups)
    assert changed.id == "mn_csi_graduation_changed"
    assert changed.title.endswith(", changed")
    assert read_rule({"preset": "mn_csi_graduation"}) == preset == parse_rule("mn_csi_graduation")


def test_a_threshold_takes_the_place_of_a_lowest_share_and_the_other_way_round() -> None:
    (criterion,) = read_rule({"preset": "essa_csi_lowest", "threshold": 40}).criteria
    assert (criterion.threshold, criterion.bottom_share, criterion.measures) == (40.0, None, ("index",))
    (criterion,) = read_rule({"preset": "essa_csi_graduation", "bottom_share": 0.1}).criteria
    assert (criterion.threshold, criterion.bottom_share) == (None, 0.1)
    (criterion,) = read_rule({"preset": "sig_tier_1", "bottom_count": 9, "also": []}).criteria
    assert (criterion.bottom_share, criterion.bottom_count) == (0.05, 9)


def test_a_threshold_of_shares_is_none_of_points() -> None:
    problems = problems_of({"preset": "essa_csi_graduation", "measure": "index"})
    assert [each.column for each in problems] == ["threshold"]
    (criterion,) = read_rule({"preset": "essa_csi_graduation", "measure": "index", "threshold": 40}).criteria
    assert criterion.threshold == 40


def test_all_faults_are_told_at_once_each_with_its_field() -> None:
    problems = problems_of(
        {
            "threshold": "low",
            "measure": "attendance",
            "years": 0,
            "exclude": ["charter"],
            "thresold": 0.5,
            "exit": {"threshold": "x", "when": "never"},
            "official": {"column": "designation", "values": []},
            "also": [{"threshold": 0.5}, {"threshold": [], "title": "no field of a test"}],
        }
    )
    assert sorted(str(each.column) for each in problems) == [
        "also[1].threshold",
        "also[1].title",
        "exclude[0]",
        "exit.threshold",
        "exit.when",
        "measure",
        "official.values",
        "threshold",
        "thresold",
        "years",
    ]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"threshold": 67}, ["threshold"]),
        ({"threshold": -0.1}, ["threshold"]),
        ({"threshold": 0.5, "bottom_share": 0.05}, ["threshold"]),
        ({"bottom_share": 0}, ["bottom_share"]),
        ({"bottom_share": 5}, ["bottom_share"]),
        ({"bottom_count": 2.5}, ["bottom_count"]),
        ({"measure": "index"}, ["threshold"]),
        ({"measure": ["index", "graduation_4year"], "threshold": 0.5}, ["measure"]),
        ({"measure": ["graduation_3year", "graduation_4year"], "average": "pooled", "threshold": 0.5}, ["measure"]),
        ({"measure": "index", "threshold": 4, "below_minimum": "pool_years"}, ["measure"]),
        ({"years": "newest", "average": "mean"}, ["years"]),
        ({"years": 2, "minimum_years": 3}, ["minimum_years"]),
        ({"minimum_years": 2}, ["minimum_years"]),
        ({"years": "newest", "minimum_years": 2}, ["minimum_years"]),
        ({"also": [{"threshold": 0.5}, {"threshold": 50}]}, ["also[1].threshold"]),
        ({"also": [{}]}, ["also[0].threshold"]),
        ({"exit": {"threshold": 68}}, ["exit.threshold"]),
        ({"exit": {"threshold": 0.68}, "also": [{"measure": "index", "threshold": 9}]}, ["exit.threshold"]),
        ({"measure": "index", "threshold": 9, "exit": {"minimum_gain_of_gap": 0.03}}, ["exit.minimum_gain_of_gap"]),
        ({"official": {"column": "designation"}}, ["official"]),
        ({"official": {"column": "", "values": ["CSI"]}}, ["official.column"]),
        ({"official": {"column": "designation", "values": "CSI"}}, ["official.values"]),
        ({"grades": []}, ["grades"]),
        ({"grades": [14]}, ["grades"]),
        ({"grades": "9-12"}, ["grades"]),
        ({"id": "With Blanks"}, ["id"]),
        ({"title": "x" * 201}, ["title"]),
        ({"also": [{"threshold": 0.5}] * 11}, ["also"]),
        ({"years": True}, ["years"]),
        ({"threshold": None}, ["threshold"]),
        ({"preset": "csi"}, ["preset"]),
        ({"preset": 5, "years": 0}, ["years", "preset"]),
        ({"years": 0, "threshold": 67}, ["years", "threshold"]),
        # No fault follows from another: points need a known measure, and a threshold is given.
        ({"measure": "attendance", "threshold": 400}, ["measure"]),
        ({"measure": "index", "threshold": "low"}, ["threshold"]),
    ],
)
def test_a_field_that_cannot_be_used_is_named(fields: dict[str, Any], named: list[str]) -> None:
    assert [each.column for each in problems_of(fields)] == named


def test_points_have_a_scale_of_their_own() -> None:
    for measure in ("index", ["index"], "growth"):
        (criterion,) = read_rule({"measure": measure, "threshold": -12.5, "exit": {"threshold": 400}}).criteria
        assert criterion.threshold == -12.5


@pytest.mark.parametrize("text", ['{"threshold": 0.5, "threshold": 0.6}', '{"exit": {"threshold": 1, "threshold": 1}}'])
def test_a_field_that_stands_twice_is_refused(text: str) -> None:
    (problem,) = problems_of(text)
    assert "threshold stands twice" in problem.message


@pytest.mark.parametrize("text", ["graduation_rate<\u0666\u0667%", "graduation_rate<\uff16\uff17%"])
def test_only_plain_digits_are_a_threshold(text: str) -> None:
    assert problems_of(text)


def test_an_official_list_without_its_fields_is_refused() -> None:
    for fields in ({}, {"column": "", "entries": ()}, {"column": " ", "entries": ("x",)}):
        with pytest.raises(InputError):
            OfficialList(**fields)  # type: ignore[arg-type]
