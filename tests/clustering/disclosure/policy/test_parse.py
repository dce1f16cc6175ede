"""Policies as data: read, written, refused."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering import (
    DisclosurePolicy,
    InputError,
    Problem,
    RateBand,
    parse_policy,
    policy_document,
    policy_hash,
    policy_presets,
    policy_schema,
    policy_toml,
)

SCHEMA = jsonschema.validators.validator_for(policy_schema())(policy_schema())
METHODS = ["single years", "pooled years", "coarser grades", "cell-key noise"]
texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)


@st.composite
def policies(draw: st.DrawFn) -> DisclosurePolicy:
    minimum = draw(st.integers(5, 100))
    methods = draw(st.permutations(METHODS))[: draw(st.integers(1, 4))]
    noise: dict[str, Any] = {}
    if "cell-key noise" in methods:
        most = draw(st.integers(10, 20))
        noise = {"noise_most_students": most, "noise_variance": draw(st.floats(0.5, most * (most + 1) / 3.01))}
    points = sorted(draw(st.sets(st.sampled_from([1, 2, 4, 5, 10, 20, 25, 50]), min_size=1)))
    sizes = sorted(draw(st.sets(st.integers(minimum, 1000), min_size=len(points), max_size=len(points))), reverse=True)
    least = draw(st.integers(3, min(minimum - 1, 11)))
    return DisclosurePolicy(
        name=draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)),
        title=draw(texts),
        source=draw(texts),
        minimum_students=minimum,
        least_possible_values=least,
        rounding_students=draw(st.integers(least, 100)),
        methods=tuple(methods),
        rate_bands=tuple(
            RateBand(students_from=size, points_wide=wide) for size, wide in zip(sizes, points, strict=True)
        ),
        coarsen_rates=draw(st.sampled_from(["counted", "all"])),
        **noise,
    )


def problems_of(source: Any) -> dict[str | None, Problem]:
    """The problems of a policy by field, of which none has two."""
    with pytest.raises(InputError) as refused:
        parse_policy(source)
    found = {problem.column: problem for problem in refused.value.problems}
    assert len(found) == len(refused.value.problems)
    assert all(problem.message and problem.remedy for problem in refused.value.problems)
    return found


def ladder(policy: DisclosurePolicy) -> list[tuple[int, int]]:
    return [(band.students_from, band.points_wide) for band in policy.rate_bands]


@given(policies())
def test_every_policy_is_read_back_from_what_is_written(policy: DisclosurePolicy) -> None:
    document = policy_document(policy)
    assert parse_policy(document) == policy
    assert parse_policy(policy_toml(policy)) == policy
    assert parse_policy(json.dumps(document)) == policy
    SCHEMA.validate(document)


def test_the_schema_is_one_of_json_schema_2020_12() -> None:
    assert policy_schema()["$schema"].endswith("/draft/2020-12/schema")
    type(SCHEMA).check_schema(policy_schema())
    assert SCHEMA.is_valid({"preset": "standard", "minimum_students": 12})
    assert not SCHEMA.is_valid({"methods": []})
    assert not SCHEMA.is_valid({"rate_bands": []})
    assert not SCHEMA.is_valid({"minimum": 10})


def test_what_is_left_out_follows_from_the_minimum() -> None:
    assert ladder(DisclosurePolicy()) == [(300, 1), (100, 2), (40, 5), (20, 10), (10, 20)]
    assert ladder(DisclosurePolicy(minimum_students=5)) == [(300, 1), (100, 2), (40, 5), (20, 10), (10, 20)]
    assert ladder(DisclosurePolicy(minimum_students=15)) == [(300, 1), (100, 2), (40, 5), (20, 10), (15, 20)]
    assert ladder(DisclosurePolicy(minimum_students=20)) == [(300, 1), (100, 2), (40, 5), (20, 10)]
    assert DisclosurePolicy(minimum_students=5).least_possible_values == 4
    assert DisclosurePolicy(minimum_students=30).least_possible_values == 5
    assert DisclosurePolicy(minimum_students=5).rounding_students == 5
    assert DisclosurePolicy(least_possible_values=7).rounding_students == 7


def test_a_preset_with_other_fields() -> None:
    changed = parse_policy({"preset": "delaware", "minimum_students": 16})
    assert (changed.name, changed.title) == ("delaware_changed", "Delaware: 15 students, changed")
    # Its source says where 15 comes from.
    assert (changed.source, parse_policy({"preset": "delaware", "title": "Ours"}).source != "") == ("", True)
    # The ladder of the preset begins at 15, below the new minimum: it is the standard one from 16 on.
    assert ladder(changed) == [(300, 1), (100, 2), (40, 5), (20, 10), (16, 20)]
    without_noise = parse_policy('preset = "cell-key"\nmethods = ["pooled years"]')
    assert without_noise.methods == ("pooled years",)
    assert "noise_variance" not in policy_document(without_noise)
    assert parse_policy('preset = "cell-key"\nnoise_variance = 3').noise_variance == 3


def test_a_policy_is_taken_as_it_is_and_from_a_file(tmp_path: Path) -> None:
    policy = DisclosurePolicy(name="ours", minimum_students=12)
    assert parse_policy(policy) is policy
    path = tmp_path / "ours.toml"
    path.write_text("\ufeff" + policy_toml(policy), encoding="utf-8")
    assert parse_policy(path) == policy
    path.write_text("minimum_students = 3", encoding="utf-8")
    (problem,) = problems_of(path).values()
    assert str(problem).startswith("ours.toml, column minimum_students, value '3': The value is out of range.")
    path.write_bytes(b"\xff\xfe")
    assert "cannot be read (UnicodeDecodeError)" in problems_of(path)[None].message
    assert "cannot be read (FileNotFoundError)" in problems_of(tmp_path / "none.toml")[None].message


def test_the_text_and_the_hash_of_a_policy_are_those_written_here() -> None:
    band = {"students_from": 20, "points_wide": 50}
    policy = DisclosurePolicy(title='"Ours"', minimum_students=20, methods=("pooled years",), rate_bands=[band])
    assert policy_toml(policy) == (
        'name = "own"\ntitle = "\\"Ours\\""\nsource = ""\nminimum_students = 20\nleast_possible_values = 5\n'
        'rounding_students = 5\nmethods = ["pooled years"]\n'
        'rate_bands = [{ students_from = 20, points_wide = 50 }]\ncoarsen_rates = "counted"\n'
    )
    text = (
        '{"coarsen_rates":"counted","least_possible_values":5,"methods":["pooled years"],"minimum_students":20,'
        '"name":"own","rate_bands":[{"points_wide":50,"students_from":20}],"rounding_students":5,"source":"",'
        '"title":"\\"Ours\\""}'
    )
    assert policy_hash(policy) == hashlib.sha256(text.encode()).hexdigest()


def test_all_problems_are_reported_at_once_each_with_its_field() -> None:
    found = problems_of(
        """
        minimum_studens = 10
        minimum_students = 12
        least_possible_values = 12
        rounding_students = "10"
        methods = ["single years", "pooled year"]
        noise_most_students = true
        coarsen_rates = "some"
        [[rate_bands]]
        students_from = 100
        points_wide = 3
        [[rate_bands]]
        students = 40
        points_wide = 5
        """
    )
    assert set(found) == {
        "minimum_studens",
        "least_possible_values",
        "rounding_students",
        "methods[1]",
        "noise_most_students",
        "coarsen_rates",
        "rate_bands[0].points_wide",
        "rate_bands[1].students",
        "rate_bands[1]",
    }
    assert found["minimum_studens"].remedy.startswith("Did you mean minimum_students?")
    assert found["methods[1]"].remedy.startswith("Did you mean pooled years?")
    assert found["least_possible_values"].message == "A suppressed count is 1 to 11, so it has no 12 values."
    assert found["rounding_students"].message == "This is not a whole number."


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"minimum_students": 4}, "minimum_students", "out of range"),
        ({"minimum_students": float("nan")}, "minimum_students", "out of range"),
        ({"minimum_students": 10**400}, "minimum_students", "out of range"),
        ({"minimum_students": 10.5}, "minimum_students", "not a whole number"),
        ({"minimum_students": True}, "minimum_students", "not a whole number"),
        ({"least_possible_values": 2}, "least_possible_values", "out of range"),
        ({"least_possible_values": 10}, "least_possible_values", "1 to 9"),
        ({"methods": []}, "methods", "no method"),
        ({"methods": "single years"}, "methods", "not a list"),
        ({"methods": ["single years", "single years"]}, "methods", "twice"),
        ({"noise_most_students": 6}, "noise_most_students", "no noise"),
        ({"noise_variance": 3.0}, "noise_variance", "no noise"),
        # A grade of 30 with one flow of 13: in a class of 12 to 14, 16 to 18 left, which is three values.
        ({"minimum_students": 12, "rounding_students": 3}, "rounding_students", "leaves 3 values for how many left"),
        # Shown as 1, a count of 1 to 4 had noise of 0 to -3.
        ({"methods": ["cell-key noise"], "noise_most_students": 3}, "noise_most_students", "leaves 4 values"),
        # Changes of -4 to 4, equally likely: (16 + 9 + 4 + 1) * 2 / 9 = 6.67.
        ({"methods": ["cell-key noise"], "noise_variance": 6.7}, "noise_variance", "equally likely at 6.67"),
        ({"rate_bands": []}, "rate_bands", "no row"),
        ({"rate_bands": [{"students_from": 9, "points_wide": 20}]}, "rate_bands", "from 9 students on"),
        ({"name": "Ours"}, "name", "cannot be used"),
        ({"name": "../../etc"}, "name", "cannot be used"),
        ({"title": "ours\u202etxt"}, "title", "invisible characters"),
        ({"title": "\ud800"}, "title", "UTF-8"),
        ({"title": 5}, "title", "not a text"),
        ({"source": "x" * 2001}, "source", "too long"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(fields: dict[str, Any], field: str, words: str) -> None:
    found = problems_of(fields)
    assert set(found) == {field}
    assert words in found[field].message


@pytest.mark.parametrize(
    ("rows", "words"),
    [([(10, 20), (20, 10)], "not in order"), ([(20, 10), (20, 20)], "not in order"), ([(20, 20), (10, 20)], "wider")],
)
def test_a_ladder_falls_in_size_and_widens(rows: list[tuple[int, int]], words: str) -> None:
    bands = [{"students_from": size, "points_wide": points} for size, points in rows]
    assert words in problems_of({"rate_bands": bands})["rate_bands"].message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("delawere", "This is no preset"),
        ("", "This is no preset"),
        ("standard.toml", "This is no preset"),
        ("minimum_students = 10\nminimum_students = 5", "cannot be read as TOML"),
        ("minimum_students = 10\n[", "cannot be read as TOML"),
        ("rate_bands = " + "[" * 5_000, "cannot be read as TOML"),
        ('{"minimum_students": 10, "minimum_students": 5}', "minimum_students is given twice"),
        ("{" + '"a":{' * 3_000, "cannot be read as JSON"),
        ("x = 1\n" * 4_000, "at most 20,000 characters"),
        (10, "A policy is no int."),
    ],
)
def test_text_that_is_no_policy_is_refused_in_one_sentence(source: Any, words: str) -> None:
    (problem,) = problems_of(source).values()
    assert words in problem.message
    assert source != "delawere" or problem.remedy.startswith("Did you mean delaware?")
    assert (source == "standard.toml") == problem.remedy.endswith("In Python, give a file as pathlib.Path.")


def test_fields_nested_deeply_are_refused() -> None:
    deep: Any = 5
    for _ in range(2_000):
        deep = {"minimum_students": deep}
    assert set(problems_of({"minimum_students": deep})) == {"minimum_students"}


def test_an_unknown_preset_is_reported_with_the_other_problems() -> None:
    found = problems_of({"preset": "Utha", "minimum_students": 1})
    assert set(found) == {"preset", "minimum_students"}
    assert found["preset"].remedy.startswith("Did you mean utah?")
    assert set(problems_of({"preset": ["utah"]})) == {"preset"}


def test_the_presets_are_those_that_their_sources_tell() -> None:
    presets = {policy.name: policy for policy in policy_presets()}
    assert {name: policy.minimum_students for name, policy in presets.items()} == {
        "standard": 10,
        "delaware": 15,
        "utah": 10,
        "new-mexico": 10,
        "district-of-columbia": 10,
        "new-york": 5,
        "minimum-30": 30,
        "cell-key": 10,
    }
    for name, policy in presets.items():
        assert parse_policy(name) == policy
        assert "Fact: " in policy.source
        assert "Choice: " in policy.source
        assert ("cell-key noise" in policy.methods) == (name == "cell-key")
        assert tomllib.loads(policy_toml(policy)) == policy_document(policy)
    # Delaware codes below 5% and above 95%, whatever the size of the group.
    assert min(points for _, points in ladder(presets["delaware"])) == 5
