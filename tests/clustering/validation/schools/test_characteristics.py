"""What files say of the kind of their schools, every code and form worked out by hand from its publisher's list."""

from __future__ import annotations

import io
import zipfile

import geopandas as gpd
import pandas as pd
import pytest

from clustering import InputError, read_scenario, scenario_from_bytes, scenario_to_bytes
from clustering.readers.file_options import FileOptions
from clustering.readers.published.education_data_portal_tables import translate_portal_table
from clustering.readers.read_table import read_table
from clustering.readers.recognition.headings import recognise_headings
from clustering.validation.findings import Findings
from clustering.validation.schools.schools import validate_schools
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools

TRAITS = ["school_type", "title1_status", "virtual", "opened_year"]


def judge(*tables: pd.DataFrame, options: FileOptions | None = None) -> tuple[gpd.GeoDataFrame, list[Findings]]:
    files = []
    for table in tables:
        raw = read_table(table, role="schools", options=options)
        recognised = recognise_headings(raw.headings, table=raw.name, role="schools", options=raw.options)
        assert recognised.problems == []
        files.append(Findings(table=raw, role="schools", headings=recognised.headings))
    return validate_schools(files), files


def read(heading: str, texts: list[str], trait: str) -> list[str | None]:
    """A trait of schools 01, 02 ... by the texts of one column."""
    schools, _ = judge(table_of(len(texts)).assign(**{heading: texts}))
    return [None if pd.isna(entry) else str(entry) for entry in schools[trait]]


def table_of(count: int) -> pd.DataFrame:
    return pd.DataFrame({"school_id": [f"{number:02d}" for number in range(1, count + 1)]})


def doubts(findings: Findings) -> list[str]:
    return [problem.message for problem in findings.problems if "coordinates" not in problem.message]


@pytest.mark.parametrize(
    ("texts", "entry"),
    [
        (["1", "1.0", "Regular School", "Regular school", "1-Regular school"], "regular"),
        (["2", "Special Education School", "Special education school", "Special ed"], "special education"),
        (
            ["3", "Career and Technical School", "Vocational", "Vocational Education School", "Technical", "CTE"],
            "career and technical",
        ),
        (["4", "Alternative Education School", "Alternative School", "Other/alternative school"], "alternative"),
        (["5", "Reportable program", "", "M", "N", "-1", "-2", "Not reported", "MISSING", "†", "–"], None),
    ],
)
def test_school_types(texts: list[str], entry: str | None) -> None:
    assert read("SCH_TYPE", ["1", *texts], "school_type") == ["regular", *[entry] * len(texts)]


TITLE1_CODES = {
    "TGELGBNOPROG": "title1 eligible",
    "TGELGBTGPROG": "title1",
    "SWELIGTGPROG": "title1",
    "SWELIGNOPROG": "title1 eligible",
    "SWELIGSWPROG": "title1",
    "NOTTITLE1ELIG": "not title1",
    "MISSING": None,
    "Not reported": None,
}
TITLE1_WORDS = {
    "Title I targeted assistance eligible school-No program": "title1 eligible",
    "Title I targeted assistance eligible school– No program": "title1 eligible",
    "Title I targeted assistance school": "title1",
    "Title I schoolwide eligible-Title I targeted assistance program": "title1",
    "Title I schoolwide eligible school-No program": "title1 eligible",
    "Title I schoolwide school": "title1",
    "5-Title I schoolwide school": "title1",
    "Not a Title I school": "not title1",
    "Non-Title I": "not title1",
    "Eligible, not served": "title1 eligible",
    "School Wide": "title1",
    "Targeted Assistance": "title1",
    "Title I": "title1",
    "Yes": "title1",
    "No": "not title1",
    "M": None,
    "N": None,
    "": None,
    "-2": None,
    "†": None,
}
TITLE1_NUMBERS = {
    "1": "title1 eligible",
    "2": "title1",
    "3": "title1",
    "4": "title1 eligible",
    "5": "title1",
    "6": "not title1",
    "-1": None,
    "": None,
}


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("TITLEI_STATUS", TITLE1_CODES),
        ("TITLEI_STATUS_TEXT", TITLE1_WORDS),
        ("TITLEI", TITLE1_WORDS),
        ("TITLEISTAT12", TITLE1_NUMBERS),
        ("title_i_status", TITLE1_NUMBERS),
        ("TITLEI", TITLE1_NUMBERS),
    ],
)
def test_title1_statuses(heading: str, codes: dict[str, str | None]) -> None:
    assert read(heading, list(codes), "title1_status") == list(codes.values())


def test_a_status_of_a_few_low_codes_is_no_yes_or_no_but_a_plain_column_is() -> None:
    texts = ["1", "2", "1"]
    assert read("title_i_status", texts, "title1_status") == ["title1 eligible", "title1", "title1 eligible"]
    assert read("title1", texts, "title1_status") == ["title1", "not title1", "title1"]
    assert read("title_i", ["1", "0", ""], "title1_status") == ["title1", "not title1", None]


def test_an_n_is_a_no_beside_a_y_and_not_applicable_alone() -> None:
    assert read("title1", ["Y", "N", ""], "title1_status") == ["title1", "not title1", None]
    assert read("TITLEI_STATUS", ["SWELIGSWPROG", "N", ""], "title1_status") == ["title1", None, None]
    assert read("virtual", ["Y", "N", ""], "virtual") == ["virtual", "not virtual", None]
    assert read("virtual", ["T", "F", ""], "virtual") == ["virtual", "not virtual", None]


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        (
            "VIRTUAL",
            {
                "FULLVIRTUAL": "virtual",
                "FACEVIRTUAL": "virtual",
                "SUPPVIRTUAL": "partly virtual",
                "NOTVIRTUAL": "not virtual",
                "MISSING": None,
                "Not reported": None,
            },
        ),
        (
            "VIRTUAL_TEXT",
            {
                "A virtual school": "virtual",
                "Not a virtual school": "not virtual",
                "Exclusively virtual": "virtual",
                "Primarily virtual": "virtual",
                "Virtual with face to face options": "virtual",
                "Supplemental virtual": "partly virtual",
                "No virtual instruction": "not virtual",
                "Not Virtual": "not virtual",
                "†": None,
                "": None,
            },
        ),
        (
            "virtual",
            {"0": "not virtual", "1": "virtual", "2": "virtual", "3": "partly virtual", "-1": None, "-2": None},
        ),
        ("virtual", {"Yes": "virtual", "No": "not virtual", "true": "virtual", "false": "not virtual", "": None}),
        # California's directory: exclusively, primarily, primarily classroom, partial, not.
        ("Virtual", {"F": "virtual", "V": "virtual", "C": "partly virtual", "P": "partly virtual", "N": "not virtual"}),
    ],
)
def test_virtual_instruction(heading: str, codes: dict[str, str | None]) -> None:
    assert read(heading, list(codes), "virtual") == list(codes.values())


def test_words_go_before_codes() -> None:
    table = table_of(2).assign(
        SCH_TYPE="1",
        SCH_TYPE_TEXT=["Regular School", "Alternative School"],
        TITLEI_STATUS="NOTTITLE1ELIG",
        TITLEI_STATUS_TEXT=["Title I schoolwide school", "Not a Title I school"],
        VIRTUAL="NOTVIRTUAL",
        VIRTUAL_TEXT=["Exclusively virtual", "Not virtual"],
    )
    schools, _ = judge(table)
    assert schools[TRAITS[:3]].to_numpy().tolist() == [
        ["regular", "title1", "virtual"],
        ["alternative", "not title1", "not virtual"],
    ]


def test_words_that_are_not_known_are_counted_and_shown() -> None:
    schools, (findings,) = judge(table_of(4).assign(school_type=["Regular", "Montessori", "Montessori", "Magnet"]))
    assert schools["school_type"].isna().tolist() == [False, True, True, True]
    (message,) = doubts(findings)
    assert message == ("3 cells have no known word for the school type (Magnet, Montessori); it counts as missing.")
    assert [problem.is_error for problem in findings.problems] == [False, False]


def test_a_column_of_quite_other_words_stays_a_list() -> None:
    other = ["Elementary", "Elementary", "Middle", *["High"] * 8]
    scenario = toy_scenario(toy_schools().assign(school_type=other, virtual="Yes"))
    assert scenario.schools["school_type"].isna().all()
    assert scenario.performance["school_type"].tolist() == other
    assert "virtual" not in scenario.performance
    assert set(scenario.schools["virtual"]) == {"virtual"}


@pytest.mark.parametrize(
    ("text", "fall"),
    [
        *(("2019", 2019), ("2019.0", 2019), ("2019-20", 2019), ("2019-2020", 2019), ("1887", 1887)),
        # A school that opens in July or later opens for the fall, one of February in the middle of 2018-19.
        *(("2019-08-15", 2019), ("8/15/2019", 2019), ("2019-07-01", 2019), ("2/1/2019", 2018), ("20190630", 2018)),
        *(("", None), ("n/a", None), ("†", None), ("0", None), ("9999", None), ("-1", None), ("1900-01-01", None)),
    ],
)
def test_years_of_opening(text: str, fall: int | None) -> None:
    schools, (findings,) = judge(table_of(2).assign(opened_year=[text, "2001-02"]))
    assert schools["opened_year"].tolist() == [pd.NA if fall is None else fall, 2001]
    assert schools["opened_year"].dtype == "Int64"
    assert doubts(findings) == []


@pytest.mark.parametrize("heading", ["opened_year", "year_opened", "first_school_year", "open_date", "OpenDate"])
def test_headings_of_years_of_opening(heading: str) -> None:
    assert judge(table_of(1).assign(**{heading: "2019-20"}))[0]["opened_year"].tolist() == [2019]


def test_a_bare_year_of_opening_is_the_spring_where_the_file_is_said_to_name_it_so() -> None:
    options = FileOptions(year_convention="spring")
    assert judge(table_of(1).assign(opened_year="2019"), options=options)[0]["opened_year"].tolist() == [2018]


def test_a_year_of_opening_that_cannot_be_read_is_a_warning_and_missing() -> None:
    schools, (findings,) = judge(table_of(3).assign(open_date=["2019-20", "last year", "2019-21"]))
    assert schools["opened_year"].tolist() == [2019, pd.NA, pd.NA]
    told = [(problem.row, problem.value, problem.is_error) for problem in findings.problems if problem.row]
    assert told == [(3, "last year", False), (4, "2019-21", False)]


def test_a_new_school_opened_in_the_school_year_of_the_directory() -> None:
    texts = ["New", "Open", "Added", "Reopened", "Changed Boundary/Agency", "Future", "Inactive", "", "3-New", "3"]
    table = table_of(len(texts)).assign(SCHOOL_YEAR="2022-2023", SY_STATUS_TEXT=texts, EFFECTIVE_DATE="08/01/2001")
    opened = judge(table)[0]["opened_year"]
    assert opened.dropna().to_dict() == {"01": 2022, "09": 2022, "10": 2022}


def test_a_new_school_of_a_file_without_a_plain_school_year_is_of_unknown_age() -> None:
    assert judge(table_of(1).assign(status="New"))[0]["opened_year"].isna().all()
    assert judge(table_of(1).assign(status="New", year="2022"))[0]["opened_year"].isna().all()
    options = FileOptions(year_convention="spring")
    assert judge(table_of(1).assign(status="New", year="2022"), options=options)[0]["opened_year"].tolist() == [2021]


def test_a_year_of_opening_goes_before_the_status() -> None:
    table = table_of(2).assign(SCHOOL_YEAR="2022-2023", SY_STATUS_TEXT="New", opened_year=["2015", ""])
    assert judge(table)[0]["opened_year"].tolist() == [2015, 2022]


def test_the_first_file_that_knows_counts_and_a_difference_is_told() -> None:
    first = table_of(2).assign(SCH_TYPE_TEXT=["Regular School", ""], TITLEI_STATUS=["SWELIGSWPROG", "M"])
    second = table_of(2).assign(school_type=["4", "4"], title1=["Yes", "No"], virtual=["No", "Yes"], opened_year="2001")
    schools, files = judge(first, second)
    assert schools[TRAITS].to_numpy().tolist() == [
        ["regular", "title1", "not virtual", 2001],
        ["alternative", "not title1", "virtual", 2001],
    ]
    assert doubts(files[0]) == []
    assert doubts(files[1]) == ["The type of the school differs from that in schools, which counts."]


def test_a_file_of_ccd_characteristics_is_joined_and_gives_no_lists() -> None:
    schools = toy_schools().rename(columns={"school_id": "NCESSCH"})
    characteristics = pd.DataFrame(
        {
            "SCHOOL_YEAR": "2022-2023",
            "SCH_NAME": schools["name"],
            "NCESSCH": schools["NCESSCH"],
            "SHARED_TIME": "No",
            "TITLEI_STATUS": "SWELIGNOPROG",
            "TITLEI_STATUS_TEXT": "Title I schoolwide eligible school-No program",
            "MAGNET_TEXT": "No",
            "NSLP_STATUS": "NSLPWOPRO",
            "VIRTUAL": "SUPPVIRTUAL",
            "VIRTUAL_TEXT": "Supplemental Virtual",
        }
    )
    scenario = read_scenario(schools=[schools, characteristics], flows=toy_flows())
    assert [file.kind for file in scenario.report.files][1] == "CCD characteristics"
    assert set(scenario.schools["title1_status"]) == {"title1 eligible"}
    assert set(scenario.schools["virtual"]) == {"partly virtual"}
    assert [name for name in scenario.performance if not str(name).startswith("graduation_rate")] == ["designation"]


def test_a_directory_of_the_portal() -> None:
    table = pd.DataFrame(
        {
            "year": ["2021", "2021", "2021"],
            "ncessch": ["010000500870", "010000500871", "010000500872"],
            "ncessch_num": ["10000500870", "10000500871", "10000500872"],
            "school_name": ["A", "B", "C"],
            "lowest_grade_offered": ["-1", "9", "0"],
            "highest_grade_offered": ["5", "12", "8"],
            "school_type": ["1", "4", "-1"],
            "title_i_status": ["5", "6", "1"],
            "virtual": ["0", "2", "-2"],
            "school_status": ["3", "1", "4"],
        }
    )
    (translated,) = translate_portal_table(read_table(table, role="schools")).tables
    recognised = recognise_headings(translated.headings, table="t", role="schools", options=translated.options)
    schools = validate_schools([Findings(table=translated, role="schools", headings=recognised.headings)])
    shown = schools[TRAITS].astype("object")
    assert shown.where(shown.notna(), None).to_numpy().tolist() == [
        ["regular", "title1", "not virtual", 2021],
        ["alternative", "not title1", "virtual", None],
        [None, "title1 eligible", None, None],
    ]


def test_a_column_called_type_is_left_alone() -> None:
    # Philadelphia's own points have TYPE 1, 2 and 3 for district, charter and private.
    scenario = toy_scenario(toy_schools().assign(TYPE=["1", "2", "3"] * 3 + ["1", "2"]))
    assert scenario.schools["school_type"].isna().all()
    raw = read_table(table_of(2).assign(TYPE=["1", "2"]), options=FileOptions(columns={"school_type": "TYPE"}))
    recognised = recognise_headings(raw.headings, table=raw.name, role="schools", options=raw.options)
    schools = validate_schools([Findings(table=raw, role="schools", headings=recognised.headings)])
    assert schools["school_type"].tolist() == ["regular", "special education"]


def test_traits_come_back_from_storage_and_count_in_the_hash() -> None:
    plain = toy_scenario()
    assert plain.schools[TRAITS].isna().all(axis=None)
    traits = {"school_type": "4", "title1": "Yes", "virtual": "No", "opened_year": ["2019", *[""] * 10]}
    scenario = toy_scenario(toy_schools().assign(**traits))
    back = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(back.schools, scenario.schools)
    hashes = {plain.content_sha256, scenario.content_sha256}
    for name, other in {"school_type": "1", "title1": "No", "virtual": "Yes", "opened_year": "2019"}.items():
        hashes.add(toy_scenario(toy_schools().assign(**{**traits, name: other})).content_sha256)
    assert len(hashes) == 6


def test_scenarios_of_the_format_before_are_refused() -> None:
    older = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(scenario_to_bytes(toy_scenario()))) as source,
        zipfile.ZipFile(older, "w") as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, b"feeder-zones scenario 4" if name == "format.txt" else content)
    with pytest.raises(InputError, match="another format"):
        scenario_from_bytes(older.getvalue())
