"""The generated state in the shapes in which NCES, EDFacts and state agencies publish."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.catchments import EXIT
from clustering.datasets.geography import IntArray
from clustering.datasets.graduation import NOT_APPLICABLE, publish_rates
from clustering.datasets.names import STATE_CODE, STATE_LETTERS, STATE_NAME
from clustering.datasets.schools import KINDS, NEWEST_FALL
from clustering.model.plain_text import school_year_text

DIRECTORY_GRADES = ("PK", "KG", *(str(grade) for grade in range(1, 14)), "UG", "AE")
DIRECTORY_COLUMNS = (
    *(
        "SCHOOL_YEAR",
        "FIPST",
        "STATENAME",
        "ST",
        "SCH_NAME",
        "LEA_NAME",
        "STATE_AGENCY_NO",
        "UNION",
        "ST_LEAID",
        "LEAID",
    ),
    *("ST_SCHID", "NCESSCH", "SCHID", "MSTREET1", "MSTREET2", "MSTREET3", "MCITY", "MSTATE", "MZIP", "MZIP4"),
    *("LSTREET1", "LSTREET2", "LSTREET3", "LCITY", "LSTATE", "LZIP", "LZIP4", "PHONE", "WEBSITE", "SY_STATUS"),
    *("SY_STATUS_TEXT", "UPDATED_STATUS", "UPDATED_STATUS_TEXT", "EFFECTIVE_DATE", "SCH_TYPE", "SCH_TYPE_TEXT"),
    *("RECON_STATUS", "OUT_OF_STATE_FLAG", "CHARTER_TEXT", "CHARTAUTH1", "CHARTAUTHN1", "CHARTAUTH2", "CHARTAUTHN2"),
    *("NOGRADES", *(f"G_{grade}_OFFERED" for grade in DIRECTORY_GRADES), "GSLO", "GSHI", "LEVEL", "IGOFFERED"),
)
GEOCODE_COLUMNS = (
    *("NCESSCH", "LEAID", "NAME", "OPSTFIPS", "STREET", "CITY", "STATE", "ZIP", "STFIP", "CNTY", "NMCNTY", "LOCALE"),
    *("LAT", "LON", "CBSA", "NMCBSA", "CBSATYPE", "CSA", "NMCSA", "CD", "SLDL", "SLDU", "SCHOOLYEAR"),
)
LOCALES = {"city": "12", "suburb": "21", "town": "32", "rural": "42"}


def grade_texts(grades: IntArray) -> pd.Series:
    """Grades as CCD writes them: ``PK``, ``KG``, ``01`` to ``12``."""
    labels = pd.Series(["PK", "KG", *(f"{grade:02d}" for grade in range(1, 14))])
    return labels.take(np.asarray(grades) + 1).reset_index(drop=True)


def identify(schools: pd.DataFrame) -> pd.DataFrame:
    """
    Give NCES identifiers.

    Parameters
    ----------
    schools
        Ordered by ``district``.

    Returns
    -------
    identifiers
        ``leaid`` (7 digits) and ``ncessch`` (12), text with a leading zero, on the rows of ``schools``.
    """
    numbers = schools.groupby("district").cumcount() + 1
    leaid = STATE_CODE + (schools["district"] + 1).astype("str").str.zfill(5)
    return pd.DataFrame({"leaid": leaid, "ncessch": leaid + numbers.astype("str").str.zfill(5)})


def publish_directory(schools: pd.DataFrame) -> pd.DataFrame:
    """
    Write schools as the CCD school directory does (``DIRECTORY_COLUMNS``, all text).

    Parameters
    ----------
    schools
        ``ncessch``, ``leaid``, ``name``, ``district_name``, ``town``, ``street``, ``zip``, ``kind``, ``lowest``,
        ``highest``, ``is_charter``, ``opened``, ``closed``.
    """
    status = _status(schools)
    alternative = np.array([kind.name == "alternative" for kind in KINDS])[schools["kind"]]
    local = schools["leaid"].str[2:]
    columns: dict[str, object] = {
        "SCHOOL_YEAR": f"{NEWEST_FALL}-{NEWEST_FALL + 1}",
        "FIPST": STATE_CODE,
        "STATENAME": STATE_NAME,
        "ST": STATE_LETTERS,
        "SCH_NAME": schools["name"],
        "LEA_NAME": schools["district_name"],
        "STATE_AGENCY_NO": "01",
        "ST_LEAID": f"{STATE_LETTERS}-" + local,
        "LEAID": schools["leaid"],
        "ST_SCHID": f"{STATE_LETTERS}-" + local + "-" + schools["ncessch"].str[-5:],
        "NCESSCH": schools["ncessch"],
        "SCHID": STATE_CODE + schools["ncessch"].str[-5:],
        "PHONE": "(555)555-0100",
        "WEBSITE": "http://" + local + ".schools.example/",
        "SY_STATUS": status.map({"Open": "1", "Closed": "2", "New": "3"}),
        "SY_STATUS_TEXT": status,
        "UPDATED_STATUS": status.map({"Open": "1", "Closed": "2", "New": "3"}),
        "UPDATED_STATUS_TEXT": status,
        "SCH_TYPE": np.where(alternative, "4", "1"),
        "SCH_TYPE_TEXT": np.where(alternative, "Alternative School", "Regular School"),
        "RECON_STATUS": "No",
        "OUT_OF_STATE_FLAG": "No",
        "CHARTER_TEXT": np.where(schools["is_charter"], "Yes", "No"),
        "NOGRADES": "No",
        "GSLO": grade_texts(schools["lowest"].to_numpy()),
        "GSHI": grade_texts(schools["highest"].to_numpy()),
        "LEVEL": _level(schools),
        "IGOFFERED": "As reported",
    }
    for prefix in ("M", "L"):
        columns[f"{prefix}STREET1"], columns[f"{prefix}CITY"] = schools["street"], schools["town"]
        columns[f"{prefix}STATE"], columns[f"{prefix}ZIP"] = STATE_LETTERS, schools["zip"]
    for number, grade in enumerate(DIRECTORY_GRADES):
        offered = (schools["lowest"] <= number - 1) & (number - 1 <= schools["highest"])
        columns[f"G_{grade}_OFFERED"] = np.where(offered, "Yes", "No")
    table = pd.DataFrame({name: columns.get(name, "") for name in DIRECTORY_COLUMNS}, index=schools.index)
    return table.astype("str")


def publish_geocodes(schools: pd.DataFrame) -> pd.DataFrame:
    """Write coordinates as EDGE does (``GEOCODE_COLUMNS``; ``LAT``, ``LON`` in degrees, everything else text)."""
    metro = schools["metro"] >= 0
    metro_code = (90_001 + schools["metro"]).astype("str").where(metro, "N")
    columns: dict[str, object] = {
        "NCESSCH": schools["ncessch"],
        "LEAID": schools["leaid"],
        "NAME": schools["name"],
        "OPSTFIPS": STATE_CODE,
        "STREET": schools["street"],
        "CITY": schools["town"],
        "STATE": STATE_LETTERS,
        "ZIP": schools["zip"],
        "STFIP": STATE_CODE,
        "CNTY": STATE_CODE + (schools["county"] % 1000).astype("str").str.zfill(3),
        "NMCNTY": schools["county_name"] + " County",
        "LOCALE": schools["setting"].map(LOCALES),
        "LAT": schools["latitude"],
        "LON": schools["longitude"],
        "CBSA": metro_code,
        "NMCBSA": (schools["county_name"] + f", {STATE_LETTERS}").where(metro, "N"),
        "CBSATYPE": np.where(metro, "1", "0"),
        "CSA": "N",
        "NMCSA": "N",
        "CD": STATE_CODE + "01",
        "SLDL": STATE_CODE + "001",
        "SLDU": STATE_CODE + "001",
        "SCHOOLYEAR": f"{NEWEST_FALL}-{NEWEST_FALL + 1}",
    }
    return pd.DataFrame({name: columns[name] for name in GEOCODE_COLUMNS}, index=schools.index)


def publish_promotions(flows: pd.DataFrame, ncessch: pd.Series) -> pd.DataFrame:
    """
    Write flows by school year, origin, grade and destination.

    Parameters
    ----------
    flows
        ``flows.FLOW_COLUMNS``; students -1 where suppressed.
    ncessch
        Identifier of each row of the schools.

    Returns
    -------
    promotions
        ``school_year``, ``origin_ncessch``, ``destination_ncessch``, ``grade``, ``next_grade`` (text; the destination
        and next grade of those who left are missing) and ``students``.
    """
    ordered = flows.sort_values(["fall", "origin", "grade", "next_grade", "destination"], kind="stable")
    stayed = pd.Series(ordered["destination"].to_numpy() != EXIT)
    destination = ncessch.take(ordered["destination"].to_numpy()).reset_index(drop=True)
    return pd.DataFrame(
        {
            "school_year": school_years(ordered["fall"]),
            "origin_ncessch": ncessch.take(ordered["origin"].to_numpy()).reset_index(drop=True),
            "destination_ncessch": destination.where(stayed),
            "grade": grade_texts(ordered["grade"].to_numpy()),
            "next_grade": grade_texts(ordered["next_grade"].to_numpy()).where(stayed),
            "students": ordered["students"].to_numpy(),
        }
    )


def publish_graduation(schools: pd.DataFrame, graduation: pd.DataFrame) -> pd.DataFrame:
    """Write graduation rates in EDFacts' wide form; a school without a cohort shows ``.``."""
    listed = schools.take(graduation.index.to_numpy()).reset_index(drop=True)
    rates = publish_rates(graduation["cohort"].to_numpy(), graduation["per_cent"].to_numpy())
    # A ninth-grade school is listed like any high school, though nobody graduates from it.
    ninth = schools[(schools["lowest"] == 9) & (schools["highest"] == 9)]
    cohort = graduation["cohort"].astype("str").tolist() + [NOT_APPLICABLE] * len(ninth)
    everyone = pd.concat([listed, ninth], ignore_index=True)
    return pd.DataFrame(
        {
            "STNAM": STATE_NAME,
            "FIPST": STATE_CODE,
            "LEAID": everyone["leaid"],
            "LEANM": everyone["district_name"],
            "NCESSCH": everyone["ncessch"],
            "SCHNAM": everyone["name"],
            "ALL_COHORT_2223": cohort,
            "ALL_RATE_2223": rates.tolist() + [NOT_APPLICABLE] * len(ninth),
            "DATE_CUR": "01JUL24",
        }
    ).sort_values("NCESSCH", kind="stable", ignore_index=True)


def school_years(falls: pd.Series) -> pd.Series:
    """``2021-22`` for the fall of 2021."""
    texts = {fall: school_year_text(fall) for fall in falls.unique()}
    return falls.map(texts).astype("str").reset_index(drop=True)


def _status(schools: pd.DataFrame) -> pd.Series:
    new, closed = schools["opened"] == NEWEST_FALL, schools["closed"] <= NEWEST_FALL
    return pd.Series(np.select([closed, new], ["Closed", "New"], "Open"), index=schools.index, dtype="str")


def _level(schools: pd.DataFrame) -> pd.Series:
    lowest, highest = schools["lowest"], schools["highest"]
    conditions = [highest <= 5, lowest <= 3, highest <= 8, lowest <= 7]
    labels = ["Elementary", "Elementary", "Middle", "Secondary"]
    return pd.Series(np.select(conditions, labels, "High"), index=schools.index)
