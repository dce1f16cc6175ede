"""Files looked at alone and together: what each is and holds, what is missing, and that the answers hold."""

from __future__ import annotations

import csv
import itertools
import json
import shlex
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from bench.published_files import generate_file
from clustering import FilesCheck, InputError, check_document, check_files, json_bytes, parse_file_options
from clustering.ingest.checks.first_look import _START_BYTES
from clustering.readers.recognition.published_layouts import published_layouts

SAMPLE = Path(__file__).resolve().parents[4] / "data" / "sample"
SCHOOLS = (
    "School ID,School Name,Lat,Lon,Grades,Phone\n"
    "0100,Elm,38.1,-85.7,K-5,1\n0200,Oak,38.2,-85.7,6-8,2\n0300,Ash High,38.3,-85.6,9-12,3\n"
)
FLOWS = (
    "from_school,to_school,school_year,grade,students\n"
    "0100,0200,2021-22,5,40\n0200,0300,2022-23,8,30\nX9,0300,2022-23,8,30\n"
)
RATES = "school_id,subgroup,school_year,grad_rate\n0300,All Students,2021-22,55%\n0300,Black,2021-22,50%\n"
STUDENTS = "student_id,first_name,school_year,school_id,grade\n90017,Zelda,2021-22,0100,5\n90017,Zelda,2022-23,0200,6\n"
POLYGONS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"school_id": "0100", "level": "elementary"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[-85.8, 38.0], [-85.6, 38.0], [-85.6, 38.2], [-85.8, 38.2], [-85.8, 38.0]]],
            },
        }
    ],
}


def checked(folder: Path, *options: str, **contents: str) -> FilesCheck:
    """Write files as ``name.csv``, or as ``name.geojson`` if they are JSON, and look at them."""
    paths = []
    for name, text in contents.items():
        path = folder / f"{name}{'.geojson' if text.startswith('{') else '.csv'}"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return check_files(paths, options=options)


def errors(check: FilesCheck) -> list[str]:
    return [f"{each.message} {each.remedy}" for file in check.files for each in file.problems if each.is_error]


def test_a_file_of_schools_alone(tmp_path: Path) -> None:
    check = checked(tmp_path, schools=SCHOOLS)
    (file,) = check.files
    assert (file.role, file.is_readable, file.container) == ("schools", True, "text")
    assert file.facts == {
        "schools": 3,
        "schools_with_grades": 3,
        "schools_with_coordinates": 3,
        "schools_with_enrolment": 0,
        "schools_with_graduation_rates": 0,
        "published_rates": 0,
    }
    assert (file.crs, file.extent) == ("EPSG:4326", (-85.7, 38.1, -85.6, 38.3))
    (table,) = file.tables
    assert (table.rows_read, table.header_row, table.columns["school_id"]) == (3, 1, "School ID")
    assert table.unused_columns == ("Phone",)
    assert check.all_readable
    assert not check.is_complete
    assert [sentence.split(":")[0] for sentence in check.missing] == [
        "Flows are missing",
        "A graduation rate or an official list is missing",
    ]


def test_groups_are_named_without_invisible_signs(tmp_path: Path) -> None:
    rates = "school_id,subgroup,graduation_rate\n001,\x1b[31mred\u202e,0.5\n"
    assert checked(tmp_path, rates=rates).files[0].groups == (" [31mred ",)


def test_files_together_are_a_command_that_runs(tmp_path: Path) -> None:
    check = checked(tmp_path, schools=SCHOOLS, flows=FLOWS, rates=RATES)
    assert [file.role for file in check.files] == ["schools", "flows", "performance"]
    assert check.files[1].years == ("2021-22", "2022-23")
    assert check.files[1].facts == {"schools": 4, "cells_between_schools": 3}
    assert (check.files[2].years, check.files[2].groups) == (("2021-22",), ("MBL", "all"))
    flows, rates = check.matches
    assert (flows.identifiers, flows.listed, flows.share_listed, flows.examples) == (4, 3, 0.75, ("X9",))
    assert (rates.identifiers, rates.listed) == (1, 1)
    assert (check.missing, check.is_complete) == ((), True)
    folder = shlex.quote(str(tmp_path))
    files = f"--schools {folder}/schools.csv --flows {folder}/flows.csv --performance {folder}/rates.csv"
    assert check.command == f"zones propose {files}"


def test_zeros_that_were_lost_and_the_states_own_ids_are_counted(tmp_path: Path) -> None:
    schools = "ncessch,st_schid,name,grades\n010000500870,AL-101-0010,Elm,K-5\n010000500871,AL-101-0020,Oak,6-8\n"
    flows = (
        "origin,destination,grade,students\n"
        "10000500870,010000500871,5,40\nAL-101-0010,AL-101-0020,5,40\nelm,010000500871,5,20\n"
    )
    check = checked(tmp_path, schools=schools, flows=flows)
    (match,) = check.matches
    assert (match.identifiers, match.listed, match.without_zeros, match.of_the_state, match.names) == (5, 1, 1, 2, 1)


def test_the_remedy_of_a_file_that_lost_zeros_is_in_the_answer_and_works(tmp_path: Path) -> None:
    flows = FLOWS.replace("0200,2021", "200,2021")
    check = checked(tmp_path, schools=SCHOOLS, flows=flows, rates=RATES)
    assert not check.is_complete
    assert "Set flows.csv:identifier_digits=4;" in next(each.remedy for each in check.problems if each.is_error)
    mended = checked(tmp_path, "flows.csv:identifier_digits=4", schools=SCHOOLS, flows=flows, rates=RATES)
    assert mended.is_complete
    assert mended.command.endswith("--read flows.csv:identifier_digits=4")


def test_both_roles_are_named_where_two_fit_and_each_remedy_works(tmp_path: Path) -> None:
    matrix = "origin,0200,0300\n0100,5,6\n0200,7,8\n"
    check = checked(tmp_path, matrix=matrix)
    (file,) = check.files
    assert (file.role, file.possible_roles, file.is_readable) == (None, ("flows", "travel_times"), False)
    (text,) = errors(check)
    assert text.endswith(
        "Set matrix.csv:kind=flows, a column per destination or matrix.csv:kind=travel times, a column per destination."
    )
    for kind, role in (
        ("flows, a column per destination", "flows"),
        ("travel times, a column per destination", "travel_times"),
    ):
        mended = checked(tmp_path, f"kind={kind}", matrix=matrix)
        assert (mended.files[0].role, errors(mended)) == (role, [])


def test_a_list_with_names_may_be_either(tmp_path: Path) -> None:
    listed = "school_id,name,designation\n0100,Elm,CSI\n0200,Oak,\n0300,Ash,CSI\n"
    assert checked(tmp_path, listed=listed).files[0].possible_roles == ("performance", "schools")
    for kind, role in (("table of performance", "performance"), ("table of schools", "schools")):
        (file,) = checked(tmp_path, f"listed.csv:kind={kind}", listed=listed).files
        assert (file.role, file.lists["designation"]) == (role, ("CSI",))


def test_an_official_list_is_named_with_the_option_that_uses_it(tmp_path: Path) -> None:
    listed = "school_id,csi_designation\n0300,CSI\n0200,TSI\n"
    check = checked(tmp_path, schools=SCHOOLS, flows=FLOWS, listed=listed)
    (sentence,) = check.missing
    assert "--set identification=official:csi_designation=CSI " in sentence


def test_a_file_that_is_nothing_known_says_its_headings_and_what_to_do(tmp_path: Path) -> None:
    check = checked(tmp_path, junk="a,b,c\n1,2,3\n4,5,6\n")
    (text,) = errors(check)
    assert "Its headings are a, b, c." in text
    mended = checked(tmp_path, "kind=table of schools", "columns.school_id=a", junk="a,b,c\n1,2,3\n4,5,6\n")
    assert (errors(mended), mended.files[0].facts["schools"]) == ([], 2)


@pytest.mark.parametrize("text", ["", "\n\n", "student\0"])
def test_a_file_that_cannot_be_read_is_a_problem_of_that_file_alone(tmp_path: Path, text: str) -> None:
    check = checked(tmp_path, broken=text, schools=SCHOOLS)
    assert [file.is_readable for file in check.files] == [False, True]
    assert check.files[0].problems[0].is_error
    assert "broken.csv cannot be used yet" in check.missing[0]
    assert "broken.csv" not in check.command


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (file,) = check_files(tmp_path / "none.csv").files
    assert "cannot be opened" in file.problems[0].message


def test_no_student_is_named_in_any_answer(tmp_path: Path) -> None:
    texts = {
        "right": STUDENTS,
        "bad_grade": STUDENTS.replace(",6\n", ",Zelda\n"),
        "other_headings": STUDENTS.replace("school_id", "bldg"),
        "no_grade": STUDENTS.replace("grade", "level"),
        "without_header": "90017,Zelda Quin,0100,5\n90018,Zelda Quin,0200,6\n",
    }
    for name, text in texts.items():
        for options in ((), ("kind=table of schools", "columns.school_id=student_id"), ("kind=generic",)):
            check = checked(tmp_path, *(f"{name}.csv:{option}" for option in options), **{name: text}, schools=SCHOOLS)
            shown = json_bytes(check_document(check)).decode()
            assert "90017" not in shown, (name, options)
            assert "Zelda" not in shown, (name, options)


def test_students_are_read_in_no_other_role_and_each_remedy_works(tmp_path: Path) -> None:
    flows = "student_id,from_school,to_school,count\n90017,0100,0200,1\n"
    (text,) = errors(checked(tmp_path, flows=flows))
    assert "Set flows.csv:kind=generic" in text
    assert checked(tmp_path, flows=flows.replace("student_id", "row")).files[0].is_readable
    assert checked(tmp_path, "kind=generic", records=STUDENTS).files[0].is_readable


def test_a_directory_with_contacts_and_principals_is_one_of_schools(tmp_path: Path) -> None:
    header, *records = SCHOOLS.splitlines()
    text = "\n".join([f"{header},Principal First Name,Email", *(f"{each},Ann,a@b.c" for each in records)])
    assert checked(tmp_path, schools=text).files[0].facts["schools"] == 3


def test_student_records_alone(tmp_path: Path) -> None:
    check = checked(tmp_path, records=STUDENTS, schools=SCHOOLS)
    file = check.files[0]
    assert (file.role, file.years, file.facts) == ("students", ("2021-22", "2022-23"), {"schools": 2})
    assert check.matches[0].listed == 2
    assert "first_name" in file.tables[0].unused_columns
    document = check_document(check)["files"][0]["tables"][0]
    assert document["rows_read"] is None  # below one hundred
    assert "sha256" not in document


def test_students_by_an_uncertain_column_are_asked_about(tmp_path: Path) -> None:
    check = checked(tmp_path, records="id,school,grade,year\n90017,0100,5,2021-22\n90017,0200,6,2022-23\n")
    assert check.files[0].possible_roles == ("students", "schools")
    assert "90017" not in json_bytes(check_document(check)).decode()


def test_a_spatial_file_has_its_reference_system_and_extent(tmp_path: Path) -> None:
    (file,) = checked(tmp_path, areas=json.dumps(POLYGONS)).files
    assert (file.role, file.crs, file.extent) == ("catchments", "EPSG:4326", (-85.8, 38.0, -85.6, 38.2))
    assert file.facts == {"schools": 1, "polygons": 1, "polygons_elementary": 1}


def test_names_in_place_of_ids_are_counted(tmp_path: Path) -> None:
    rates = "school_name,graduation_rate\nAsh High,55%\nFir High,60%\n"
    check = checked(tmp_path, schools=SCHOOLS, rates=rates)
    (text,) = errors(check)
    assert "1 of 2 are the name of one school exactly" in text
    assert "zones match-names" in text


def test_a_layout_of_the_register_is_named(tmp_path: Path) -> None:
    header = "CALC_FOR_STATE_ACCT,CAMPUS,CAMP_ALLD,CAMP_ALLR_GRAD\n"
    (file,) = checked(tmp_path, texas=f"{header}No,001902001,105,90.5\nYes,001902001,104,91\n").files
    assert (file.role, file.layout) == ("performance", "Texas: four-year graduation rates by campus")
    assert file.facts["schools_with_graduation_rates"] == 1


def test_a_feeder_table_is_given_among_the_flows(tmp_path: Path) -> None:
    check = checked(tmp_path, schools=SCHOOLS, feeders="School,Feeds To\n0100,0200\n0200,0300\n", rates=RATES)
    file = check.files[1]
    assert (file.role, file.tables[0].kind, file.facts) == ("flows", "feeder table", {"schools": 3, "feeder_links": 2})
    assert "--flows" in check.command
    assert check.is_complete, check


def test_enrolment_by_grade_is_given_among_the_schools(tmp_path: Path) -> None:
    enrolment = "school_id,school_year,grade,students\n0100,2021-22,4,40\n0100,2021-22,5,41\n0200,2021-22,6,40\n"
    check = checked(tmp_path, enrolment=enrolment)
    assert (check.files[0].role, check.files[0].facts["schools"], check.command) == ("membership", 2, "")
    together = checked(tmp_path, schools=SCHOOLS, enrolment=enrolment)
    assert together.command.count("--schools") == 2


def test_an_option_of_all_files_need_not_fit_each(tmp_path: Path) -> None:
    assert (
        checked(tmp_path, "unit=minutes", schools=SCHOOLS, times="from_id,to_id,travel\n0100,0200,5\n")
        .files[0]
        .is_readable
    )
    assert not checked(tmp_path, "schools.csv:unit=minutes", schools=SCHOOLS).files[0].is_readable


def test_a_published_file_that_has_schools_and_rates_is_asked_about_and_each_remedy_works(tmp_path: Path) -> None:
    layouts = {layout.role: layout for layout in published_layouts() if layout.name.startswith("Illinois")}
    text = generate_file(layouts["schools"]).text()
    both = generate_file(layouts["performance"]).text()
    for name, content in {"schools": text, "rates": both}.items():
        (file,) = checked(tmp_path, **{name: content}).files
        assert set(file.possible_roles) == {"schools", "performance"}
        for role, layout in layouts.items():
            (mended,) = checked(tmp_path, f"kind={layout.name}", **{name: content}).files
            assert (mended.role, mended.layout) == (role, layout.name)
            assert mended.is_readable or role != {"schools": "schools", "rates": "performance"}[name]


def test_a_plan_and_a_register_have_commands_of_their_own(tmp_path: Path) -> None:
    check = checked(
        tmp_path,
        schools=SCHOOLS,
        flows=FLOWS,
        rates=RATES,
        plan="school_id,zone\n0100,A\n",
        partners="partner_id,name,maximum_schools\nP1,One,4\n",
    )
    assert [command.split()[1] for command in check.other_commands] == ["compare", "match"]
    assert check.is_complete


def test_folders_archives_and_tables_in_memory(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "schools.csv").write_text(SCHOOLS, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "folder" / "years.zip", "w") as archive:
        archive.writestr("a.csv", FLOWS)
        archive.writestr("b.csv", FLOWS.replace("2022-23", "2023-24").replace("2021-22", "2022-23"))
    schools, years = check_files(tmp_path / "folder").files
    assert (schools.role, years.role, len(years.tables)) == ("schools", "flows", 2)
    assert years.years == ("2021-22", "2022-23", "2023-24")
    table = pd.DataFrame({"school_id": ["0100", "0200"], "graduation_rate": ["55%", "60%"]})
    (file,) = check_files(table).files
    assert (file.role, file.container, file.name) == ("performance", "DataFrame", "files")


def test_of_a_long_file_the_start_tells_the_role_and_the_whole_is_read(tmp_path: Path) -> None:
    records = [f"{number:07},Elm {number},K-5" for number in range(_START_BYTES // 16)]
    (file,) = checked(tmp_path, long="\n".join(["school_id,name,grades", *records, ""])).files
    assert file.facts["schools"] == len(records)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (checked(tmp_path, schools=SCHOOLS, flows=FLOWS, rates=RATES) for _ in range(2))
    assert json_bytes(check_document(first)) == json_bytes(check_document(second))
    assert [file["name"] for file in check_document(first)["files"]] == ["schools.csv", "flows.csv", "rates.csv"]


def test_without_a_file_and_with_an_option_for_none_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        check_files([])
    with pytest.raises(InputError, match="no such file"):
        checked(tmp_path, "other.csv:kind=generic", schools=SCHOOLS)


def test_the_command_repeats_the_options_as_they_are_typed(tmp_path: Path) -> None:
    options = ("schools.csv:delimiter=comma", "year_convention=fall", "schools.csv:columns.name=School Name")
    command = shlex.split(checked(tmp_path, *options, schools=SCHOOLS, flows=FLOWS, rates=RATES).command)
    given = [after for before, after in itertools.pairwise(command) if before == "--read"]
    assert parse_file_options(given) == parse_file_options(options)


@pytest.mark.parametrize(
    "name", ["schools.csv", "promotions.csv", "acgr_2223_sample.csv", "accountability_sample.csv", "lead_partners.csv"]
)
def test_each_heading_is_recognised_or_said_to_be_unused(name: str) -> None:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        headings = next(csv.reader(file))
    (table,) = check_files([SAMPLE / name]).files[0].tables
    recognised, unused = set(table.columns.values()), set(table.unused_columns)
    assert recognised | unused == set(headings)
    assert not recognised & unused


def test_an_official_list_stands_under_its_name_in_a_rule() -> None:
    (table,) = check_files([SAMPLE / "schools.csv"]).files[0].tables
    assert table.columns["official:designation"] == "designation"
