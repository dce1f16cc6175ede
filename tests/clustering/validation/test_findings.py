"""Bad input: every problem at once, with file, row, column, value and remedy; and what is only worth a warning."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from pyproj import Geod

from clustering import InputError, Problem, read_scenario
from clustering.validation.findings import Findings
from clustering.validation.flows.flow_kinds import classify_flows
from clustering.validation.rates.performance import Performance, judge_performance
from tests.examples.toy_district import OAK, toy_flows, toy_scenario, toy_schools


def problems_of(schools: pd.DataFrame | None = None, flows: pd.DataFrame | None = None) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        toy_scenario(schools, flows)
    for problem in caught.value.problems:
        assert problem.is_error
        assert problem.message.endswith((".", "?"))
        assert problem.remedy.endswith(".")
    return caught.value.problems


def with_cell(table: pd.DataFrame, place: int, column: str, value: str) -> pd.DataFrame:
    changed = table.copy()
    changed.loc[place, column] = value
    return changed


@pytest.mark.parametrize(
    ("table", "place", "column", "value", "message"),
    [
        ("schools", 1, "school_id", "0001", "more than once"),
        ("schools", 2, "school_id", "1.00005E+11", "turned the identifier into a number"),
        ("schools", 2, "school_id", "x" * 65, "longer than 64"),
        ("schools", 2, "lat", "412", "outside -90 to 90"),
        ("schools", 2, "lon", "-181", "outside -180 to 180"),
        ("schools", 2, "lat", "north", "not a number"),
        ("schools", 2, "lat", "inf", "not a number"),
        ("schools", 2, "grades", "6 to what", "grades cannot be read"),
        ("schools", 2, "enrollment", "-5", "not a number of students"),
        ("schools", 9, "graduation_rate", "about half", "graduation rate cannot be read"),
        ("schools", 9, "graduation_rate", "0.55", "both shares"),
        ("flows", 0, "origin", "", "identifier is missing"),
        ("flows", 0, "students", "-5", "not a number of students"),
        ("flows", 0, "students", "", "not a number of students"),
        ("flows", 0, "students", "sixty", "not a number of students"),
        ("flows", 0, "grade", "fifth", "not a grade"),
        ("flows", 0, "next_grade", "99", "not a grade"),
        ("flows", 0, "school_year", "2022-24", "not a school year"),
        ("flows", 0, "origin", "1", "lost its leading zero"),
        ("flows", 0, "destination", "7", "lost its leading zero"),
    ],
)
def test_one_bad_cell_is_named_with_its_remedy(table: str, place: int, column: str, value: str, message: str) -> None:
    schools, flows = toy_schools(), toy_flows()
    if table == "schools":
        found = problems_of(schools=with_cell(schools, place, column, value))
    else:
        found = problems_of(flows=with_cell(flows, place, column, value))
    matching = [problem for problem in found if message in problem.message]
    assert matching, found
    if "both shares" not in message:
        assert any(
            problem.row == place + 2 and problem.column == column and problem.value == value for problem in matching
        )


def test_all_problems_of_all_files_come_at_once() -> None:
    schools = with_cell(with_cell(toy_schools(), 0, "lat", "412"), 3, "lon", "east")
    flows = with_cell(with_cell(toy_flows(), 1, "students", "-7"), 5, "grade", "x")
    found = problems_of(schools, flows)
    assert [(problem.row, problem.column) for problem in found] == [
        (2, "lat"),
        (5, "lon"),
        (3, "students"),
        (7, "grade"),
    ]


def test_missing_columns_of_all_files_come_at_once() -> None:
    found = problems_of(toy_schools().drop(columns="school_id"), toy_flows().drop(columns=["destination", "students"]))
    assert [problem.column for problem in found] == ["school_id", "destination", "students"]
    assert all("Rename the column" in problem.remedy for problem in found)


def test_nces_identifier_of_eleven_digits_has_lost_its_zero() -> None:
    schools = toy_schools().rename(columns={"school_id": "NCESSCH"})
    schools["NCESSCH"] = "0100005008" + schools["NCESSCH"].str[-2:]
    schools.loc[4, "NCESSCH"] = schools.loc[4, "NCESSCH"][1:]
    found = problems_of(schools)
    assert [(problem.row, problem.column) for problem in found] == [(6, "NCESSCH")]
    assert "lost its leading zero" in found[0].message


def test_no_files_at_all() -> None:
    with pytest.raises(InputError, match="Schools are missing"):
        read_scenario(schools=[], flows=[])


def test_a_school_without_identifier_is_set_aside_and_accounted_for() -> None:
    extra = toy_schools().iloc[[0, 1]].assign(school_id="")
    report = toy_scenario(pd.concat([toy_schools(), extra], ignore_index=True)).report
    (file,) = [file for file in report.files if file.role == "schools"]
    assert (file.rows_read, file.rows_used, file.rows_set_aside) == (13, 11, 2)
    assert [row.row for row in report.set_aside] == [13, 14]
    assert {row.reason for row in report.set_aside} == {"The school has no identifier."}


def test_a_file_of_schools_without_any_identifier_is_an_error() -> None:
    found = problems_of(toy_schools().assign(school_id=""))
    assert any("No record has a school identifier" in problem.message for problem in found)


def test_unlisted_schools_are_warned_of_once_each_and_kept_apart() -> None:
    flows = toy_flows()
    extra = flows.iloc[[0, 0]].assign(
        destination="ELSEWHERE", students=["30", "20"], school_year=["2022-23", "2023-24"]
    )
    scenario = toy_scenario(flows=pd.concat([flows, extra], ignore_index=True))
    warnings = [problem for problem in scenario.report.warnings if problem.value == "ELSEWHERE"]
    assert [problem.row for problem in warnings] == [16]
    assert scenario.report.flow_rows["unlisted destination"] == 2


def test_ids_that_look_like_missing_values_stay_ids() -> None:
    schools, flows = toy_schools(), toy_flows()
    schools.loc[0, "school_id"] = "NA"
    flows.loc[0, "origin"] = "NA"
    scenario = toy_scenario(schools, flows)
    assert "NA" in scenario.schools.index
    assert (scenario.flows["origin"] == "NA").sum() == 1


def test_two_school_files_are_joined_by_identifier(tmp_path: Path) -> None:
    whole = toy_schools()
    whole["school_id"] = "2000005008" + whole["school_id"].str[-2:]
    directory = whole.rename(columns={"school_id": "NCESSCH", "name": "SCH_NAME", "grades": "GRADES"})
    directory.drop(columns=["lat", "lon"]).to_csv(tmp_path / "directory.csv", index=False)
    geocodes = whole[["school_id", "lat", "lon"]].rename(
        columns={"school_id": "NCESSCH", "lat": "LAT1516", "lon": "LON1516"}
    )
    geocodes.iloc[::-1].to_csv(tmp_path / "geocodes.txt", index=False, sep="|")
    flows = toy_flows()
    for column in ("origin", "destination"):
        flows[column] = "2000005008" + flows[column].str[-2:]
    scenario = read_scenario(schools=[tmp_path / "directory.csv", tmp_path / "geocodes.txt"], flows=[flows])
    assert scenario.schools.loc["200000500803", "name"] == "E3"
    assert scenario.schools.geometry.y.round(2).tolist() == [round(38 + 0.01 * number, 2) for number in range(1, 12)]
    assert scenario.report.warnings == ()


def test_ccd_grade_columns_decide_over_the_span() -> None:
    schools = toy_schools().assign(G_K_OFFERED="No", G_9_OFFERED="No", G_12_OFFERED="No").drop(columns="grades")
    schools.loc[9, ["G_9_OFFERED", "G_12_OFFERED"]] = "Yes"
    schools = schools.assign(GSLO=["KG"] * 6 + ["06"] * 3 + ["09"] * 2, GSHI=["05"] * 6 + ["08"] * 3 + ["12"] * 2)
    scenario = toy_scenario(schools)
    assert scenario.schools.loc["0010", "grades_offered"] == (1 << 11) + (1 << 14)
    assert scenario.schools.loc["0011", "level"] == "high"
    assert scenario.schools.loc["0001", "level"] == "elementary"


def test_coordinates_at_zero_zero_are_missing_and_warned_of() -> None:
    schools = with_cell(with_cell(toy_schools(), 0, "lat", "0"), 0, "lon", "0")
    scenario = toy_scenario(schools)
    assert scenario.schools.geometry.isna().tolist() == [True] + [False] * 10
    assert [problem.row for problem in scenario.report.warnings] == [2]


def test_the_same_cell_twice_is_added_up_and_a_suppressed_part_hides_the_sum() -> None:
    flows = toy_flows()
    again = flows.iloc[[0, 8]].assign(students=["7", "-1"])
    scenario = toy_scenario(flows=pd.concat([flows, again], ignore_index=True))
    cells = scenario.flows.set_index(["origin", "destination"])
    assert cells.loc[("0001", "0007"), "students"] == 67
    hidden = cells.loc[("0007", "0010")]
    assert pd.isna(hidden["students"])
    assert (hidden["students_low"], hidden["students_high"]) == (61, 69)


def test_rows_are_accounted_for_and_order_does_not_matter() -> None:
    one, other = toy_scenario(), toy_scenario(toy_schools().iloc[::-1], toy_flows().iloc[::-1])
    assert one.content_sha256 == other.content_sha256
    for file in one.report.files:
        assert file.rows_used + file.rows_set_aside == file.rows_read
    assert toy_scenario(flows=with_cell(toy_flows(), 0, "students", "61")).content_sha256 != one.content_sha256


def test_performance_of_a_school_that_is_not_listed_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("NCESSCH,ALL_RATE_1718\n000000000010,60-69\n000000000099,70\n")
    schools, flows = toy_schools(), toy_flows()
    schools["school_id"] = schools["school_id"].str.zfill(12)
    flows = flows.assign(origin=flows["origin"].str.zfill(12), destination=flows["destination"].str.zfill(12))
    scenario = read_scenario(schools=[schools], flows=[flows], performance=[path])
    # The performance file comes first: its band stands over the 55 of the schools table.
    rates = scenario.performance.loc["000000000010"]
    assert (rates["graduation_rate_low"], rates["graduation_rate_high"]) == (pytest.approx(0.6), pytest.approx(0.69))
    assert rates["graduation_rate_text"] == "60-69"
    (file,) = [file for file in scenario.report.files if file.role == "performance"]
    assert (file.rows_read, file.rows_used, file.rows_set_aside) == (2, 1, 1)


def test_kinds_of_flow_told_apart() -> None:
    grades = pd.Series({"K5": 0b11111100, "K8": 0b11111111100, "68": 0b11100000000, "HS": 0b111100000000000})
    cases = [
        ("K5", "68", 5, 6, "feeding"),
        ("K8", "HS", 8, 9, "feeding"),
        ("K8", "K8", 5, 6, "continuation"),
        ("K8", "68", 5, 6, "lateral"),  # the school offers grade 6: a move, not a feeder pattern
        ("68", "HS", 8, 9, "feeding"),
        ("HS", "HS", 9, 9, "retained"),
        ("68", "K8", 7, 6, "retained"),
        ("68", None, 8, None, "exit"),
        ("68", "??", 8, 9, "unlisted destination"),
        ("??", "HS", 8, 9, "unlisted origin"),
        ("HS", "HS", None, 10, "ungraded"),
        ("68", "K8", 8, 9, "against grade order"),  # K8 does not lead any further than 68
    ]
    rows = pd.DataFrame(cases, columns=["origin", "destination", "grade", "next_grade", "kind"])
    rows = rows.astype({"origin": "str", "destination": "str", "grade": "Int64", "next_grade": "Int64"})
    assert classify_flows(rows, grades).astype("str").tolist() == rows["kind"].tolist()


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('school_id,name\n0001,"Oak\n0002,Elm\n', 2),  # to the end of the file
        ('school_id,name,city\n0001,Ash,X\n0002,"Oak,X\n0003,Elm",X\n', 3),  # to the next stray mark: a sound table
    ],
)
def test_a_quotation_mark_that_swallows_records_is_an_error(tmp_path: Path, text: str, row: int) -> None:
    path = tmp_path / "schools.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_scenario(schools=[path], flows=[toy_flows()])
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(row, "name")]
    assert "line break" in caught.value.problems[0].message


def test_line_breaks_in_a_column_that_is_not_used_are_a_warning() -> None:
    report = toy_scenario(toy_schools().assign(address=["1 Main St\nSuite 2"] + [""] * 10)).report
    assert [problem.column for problem in report.warnings] == ["address"]


def test_a_cell_as_long_as_a_book_is_an_error() -> None:
    found = problems_of(schools=with_cell(toy_schools(), 4, "name", "x" * 501))
    assert [(problem.row, problem.column) for problem in found] == [(6, "name")]
    assert len(found[0].value or "") == 200


def test_columns_that_look_like_official_lists_are_offered_the_rarest_first() -> None:
    schools = toy_schools().assign(state="KS", charter=["Yes"] * 3 + ["No"] * 8, G_5_OFFERED=["Yes"] * 6 + ["No"] * 5)
    assert list(toy_scenario(schools).report.facts["official_list_columns"].items()) == [
        ("designation", ["CSI"]),
        ("charter", ["No", "Yes"]),
    ]


def test_a_grade_skipped_on_the_way_out_is_a_move_not_a_promotion() -> None:
    flows = with_cell(with_cell(toy_flows(), 8, "grade", "7"), 8, "next_grade", "9")
    assert toy_scenario(flows=flows).report.flow_rows == {"feeding": 13, "lateral": 1}


def test_files_of_different_years_are_noticed() -> None:
    flows = toy_flows()
    extra = pd.DataFrame(
        [(OAK, OAK, "8", "9", "50"), (OAK, OAK, "8", "9", "-1"), (OAK, OAK, "3", "4", "20")],
        columns=["origin", "destination", "grade", "next_grade", "students"],
    ).assign(school_year=["2022-23", "2021-22", "2022-23"])
    warnings = toy_scenario(flows=pd.concat([flows, extra])).report.warnings
    assert [(problem.row, problem.column, problem.school_id) for problem in warnings] == [
        (16, "next_grade", OAK),
        (18, "next_grade", OAK),
    ]
    assert "same years" in warnings[0].remedy


def test_the_same_flows_twice_are_refused() -> None:
    with pytest.raises(InputError, match="counted twice"):
        read_scenario(schools=toy_schools(), flows=[toy_flows(), toy_flows()])


def test_where_nobody_goes_there_is_no_flow() -> None:
    nobody = toy_flows().assign(students="0", grade="9", next_grade="10", destination="9999")
    both = toy_scenario(flows=pd.concat([toy_flows(), nobody], ignore_index=True))
    alone = toy_scenario()
    pd.testing.assert_frame_equal(both.flows, alone.flows)
    in_wrong_grades = [each for each in both.report.warnings if "offer" in each.message]
    assert in_wrong_grades == [each for each in alone.report.warnings if "offer" in each.message]


def test_some_schools_that_lost_their_zeros_are_told_so() -> None:
    schools = toy_schools()
    schools.loc[0, "school_id"] = schools.loc[0, "school_id"].lstrip("0")  # the others keep theirs
    found = [each for each in problems_of(schools=schools) if "without its leading zeros" in each.message]
    assert {problem.value for problem in found} == {toy_schools().loc[0, "school_id"]}


def test_rows_are_counted_with_blank_ones(tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    path.write_text("origin,destination,students\n\n0001,0002,5\n   \n\n0001,0003\n")
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=path)
    assert [(problem.row, problem.message) for problem in caught.value.problems] == [
        (6, "The record has 2 cells, the header 3.")
    ]


def test_a_row_of_white_space_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    lines = toy_flows()[["origin", "destination", "grade", "next_grade", "students"]].to_csv(index=False).splitlines()
    path.write_text("\n".join([*lines[:3], "   ", *lines[3:-1], lines[-1].rpartition(",")[0] + ",x"]))
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=path)
    assert [(problem.row, problem.value) for problem in caught.value.problems] == [(len(lines) + 1, "x")]


def test_blank_rows_are_set_aside_wherever_they_stand(tmp_path: Path) -> None:
    plain = {"schools": toy_schools(), "flows": toy_flows()}
    spoiled = {}
    for name, table in plain.items():
        lines = table.to_csv(index=False).splitlines()
        blank = "," * (len(table.columns) - 1)
        spoiled[name] = tmp_path / f"{name}.csv"
        spoiled[name].write_text("\n".join([*lines[:2], blank, "", *lines[2:], blank.replace(",", " , "), ""]))
    scenario = read_scenario(schools=spoiled["schools"], flows=spoiled["flows"])
    pd.testing.assert_frame_equal(scenario.flows, toy_scenario().flows)
    assert scenario.content_sha256 == toy_scenario().content_sha256
    for file, table in zip(scenario.report.files, plain.values(), strict=True):
        assert (file.rows_used, file.set_aside_reasons) == (len(table), {"A blank row.": 2})
    rows = [row.row for row in scenario.report.set_aside if row.file == "flows.csv"]
    assert rows == [3, len(toy_flows()) + 4]  # the header, the blank row and the empty one go before


def test_an_option_of_a_file_that_is_not_given_is_refused() -> None:
    with pytest.raises(InputError, match=r"said of flow\.csv, which is no file given") as caught:
        read_scenario(schools=toy_schools(), flows=toy_flows(), options=["flow.csv:header_row=2", "*.xlsx:sheet=1"])
    assert len(caught.value.problems) == 1


def test_lists_that_contradict_each_other_are_told_apart() -> None:
    first, second = toy_schools().assign(designation="CSI"), toy_schools().assign(designation="CSI")
    second.loc[3, "designation"], second.loc[4, "designation"] = "TSI", ""
    scenario = read_scenario(schools=[first, second], flows=toy_flows())
    told = [each for each in scenario.report.warnings if "entry differs" in each.message]
    assert [(each.row, each.column, each.value) for each in told] == [(5, "designation", "TSI")]
    assert set(scenario.performance["designation"]) == {"CSI"}


def test_a_rate_is_known_by_its_name_however_that_is_written() -> None:
    spelled = toy_schools().rename(columns={"graduation_rate": "Graduation Rate"})
    pd.testing.assert_frame_equal(toy_scenario(spelled).performance, toy_scenario().performance)


def test_grades_that_are_neither_offered_nor_not_are_told() -> None:
    schools = toy_schools().drop(columns="grades").assign(G_5_OFFERED=" yes", G_6_OFFERED="No")
    schools.loc[1, "G_6_OFFERED"] = "maybe"
    (told,) = [each for each in toy_scenario(schools).report.warnings if "neither yes nor no" in each.message]
    assert (told.column, "1 cells" in told.message, "maybe" in told.message) == ("G_6_OFFERED", True, True)


def test_a_matrix_of_strangers_is_refused_though_a_school_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    path.write_text("origin,X1,X2\n0001,,\nY1,5,30\n")
    with pytest.raises(InputError, match="None of the schools of the flows"):
        read_scenario(schools=toy_schools(), flows=path)


def test_a_list_may_have_any_name() -> None:
    schools = toy_schools()
    schools["self"], schools["index"] = "CSI", "TSI"
    performance = toy_scenario(schools).performance
    assert (set(performance["self"]), set(performance["index"])) == ({"CSI"}, {"TSI"})


def test_problems_of_a_file_come_in_the_same_order_however_long_each_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = toy_schools().assign(state="KS")
    second = first.assign(graduation_rate=first["graduation_rate"].replace({"55": "56", "0.55": "0.56"}), lon="98")

    def warnings() -> list[str]:
        report = read_scenario(schools=[first, second], flows=toy_flows()).report
        return [problem.message for problem in report.warnings]

    quick = warnings()

    def judge_late(files: Sequence[Findings], school_ids: pd.Index) -> Performance:
        time.sleep(0.3)
        return judge_performance(files, school_ids)

    monkeypatch.setattr("clustering.ingest.scenario.judge_performance", judge_late)
    assert warnings() == quick


def test_flows_of_another_state_are_refused() -> None:
    flows = toy_flows()
    flows["origin"], flows["destination"] = "7" + flows["origin"], "7" + flows["destination"]
    assert any("None of the schools of the flows" in problem.message for problem in problems_of(flows=flows))


def test_schools_that_lost_their_leading_zeros_are_told_so() -> None:
    schools = toy_schools()
    schools["school_id"] = schools["school_id"].str.lstrip("0")
    (problem,) = problems_of(schools=schools)
    assert "schools files have lost their leading zeros" in problem.message
    assert "write the zeros back" in problem.remedy


def test_a_folder_of_student_files_is_told_from_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"This is a folder.*Name the files in it"):
        read_scenario(schools=toy_schools(), students=tmp_path)


@pytest.mark.parametrize("said", ["header_row=3", "has_header=false", "sheet=1", "repeated=first"])
def test_options_that_student_records_do_not_know_are_refused(said: str, tmp_path: Path) -> None:
    path = tmp_path / "students.csv"
    path.write_text("student_id,school_year,school_id,grade\n7,2022-23,0001,05\n")
    with pytest.raises(InputError, match="cannot be said of student records") as caught:
        read_scenario(schools=toy_schools(), students=path, options=[f"students.csv:{said}"])
    assert [problem.column for problem in caught.value.problems] == [said.partition("=")[0]]
    with pytest.raises(InputError, match="No two school years"):  # said of all files, it may be meant for others
        read_scenario(schools=toy_schools(), students=path, options=[said])


def test_files_without_coordinates_are_warned_of() -> None:
    report = toy_scenario(toy_schools().drop(columns=["lat", "lon"])).report
    assert ["nothing can be drawn" in problem.message for problem in report.warnings] == [True]


def test_a_single_file_needs_no_list(tmp_path: Path) -> None:
    toy_schools().to_csv(tmp_path / "schools.csv", index=False)
    scenario = read_scenario(schools=tmp_path / "schools.csv", flows=toy_flows())
    assert len(scenario.schools) == 11


def test_a_damaged_archive_is_named_as_one(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_bytes(b"PK\x03\x04" + bytes(50))
    with pytest.raises(InputError, match="archive is damaged"):
        read_scenario(schools=[path], flows=[toy_flows()])


def test_names_lose_what_cannot_be_seen() -> None:
    schools = with_cell(toy_schools(), 9, "name", "West\x1b[31m \u202eHigh")
    assert toy_scenario(schools).schools.loc["0010", "name"] == "West [31m  High"


@pytest.mark.parametrize("heading", ["graduation_rate_low", "School ID", "G_99_OFFERED", "G_KG3_X_OFFERED", "geometry"])
def test_headings_of_our_own_names_break_nothing(heading: str) -> None:
    assert len(toy_scenario(toy_schools().assign(**{heading: "Yes"})).schools) == 11


def test_schools_that_share_a_place_are_counted_as_by_hand_with_another_library() -> None:
    # A ten-thousandth of a degree of latitude is 11 m: 0.0004 is 44 m, 0.0005 is 56 m.
    latitudes = ["38.0000", "38.0004", "38.0100", "38.0105", "38.0200", "38.0200", "", "39", "40", "41", "42"]
    schools = toy_schools().assign(lat=latitudes, lon=["-98.0"] * 6 + [""] + ["-98.0"] * 4)
    scenario = toy_scenario(schools)
    assert scenario.report.facts["schools_within_50_m_of_another"] == 4
    points = scenario.schools.geometry.dropna()
    earth = Geod(ellps="sphere")
    pairs = [
        (a, b)
        for a, b in itertools.permutations(points.index, 2)
        if earth.inv(points[a].x, points[a].y, points[b].x, points[b].y)[2] <= 50
    ]
    assert len({a for a, _ in pairs}) == 4
