"""A generated state as files, in the shapes in which the real ones are published."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clustering.datasets.conditions import INDICATOR_COLUMNS
from clustering.datasets.data_dictionary import (
    ACCOUNTABILITY_FILE,
    CHARACTERISTICS_FILE,
    CONDITIONS_FILE,
    DIRECTORY_FILE,
    GEOCODES_FILE,
    GRADUATION_FILE,
    IDENTIFIED_FILE,
    INDICATORS_FILE,
    PARTNERS_FILE,
    PREFERENCES_FILE,
    PROMOTIONS_FILE,
    READINESS_FILE,
    SCHOOLS_FILE,
    write_dictionary,
)
from clustering.datasets.names import STATE_NAME
from clustering.datasets.package import package_of_state
from clustering.datasets.state import SampleState
from clustering.model.data_package import DATA_PACKAGE, package_bytes


def write_state(state: SampleState, directory: str | Path) -> tuple[Path, ...]:
    """
    Write a state as files; the same state gives the same bytes on every system.

    Parameters
    ----------
    state
        See ``generate_state``.
    directory
        Created where it does not exist; files of the same names are replaced.

    Returns
    -------
    paths
        Directory of schools, geocodes, promotions, graduation rates, official list, these on schools in one,
        characteristics of schools, accountability, Lead Partners, their preferences, indicators, readiness and
        conditions of Zones if the state has them, README.md, ``datapackage.json``.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    degrees = {"LAT": state.geocodes["LAT"].map("{:.6f}".format), "LON": state.geocodes["LON"].map("{:.6f}".format)}
    tables = {
        DIRECTORY_FILE: state.directory,
        GEOCODES_FILE: state.geocodes.assign(**degrees),
        PROMOTIONS_FILE: state.promotions,
        GRADUATION_FILE: state.graduation_rates,
        IDENTIFIED_FILE: state.identified_schools,
        SCHOOLS_FILE: _schools_in_one(state, degrees),
        CHARACTERISTICS_FILE: state.characteristics,
        ACCOUNTABILITY_FILE: state.accountability,
        PARTNERS_FILE: state.lead_partners,
        PREFERENCES_FILE: state.partner_preferences,
    }
    if len(state.indicators):
        tables |= {INDICATORS_FILE: state.indicators, READINESS_FILE: state.readiness}
    if len(state.conditions):
        tables[CONDITIONS_FILE] = state.conditions
    readme = write_dictionary(state)
    contents = {name: _csv(table, name) for name, table in tables.items()} | {"README.md": readme.encode()}
    package = package_of_state(contents, tables, readme, title=f"A generated, fictional state: {STATE_NAME}")
    contents[DATA_PACKAGE] = package_bytes(package, indent=None)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in contents)


def _schools_in_one(state: SampleState, degrees: dict[str, pd.Series]) -> pd.DataFrame:
    coordinates = state.geocodes[["NCESSCH"]].assign(latitude=degrees["LAT"], longitude=degrees["LON"])
    rates = state.graduation_rates.set_index("NCESSCH")["ALL_RATE_2223"]
    listed = state.identified_schools.set_index("NCESSCH")["DESIGNATION"]
    directory = state.directory
    table = pd.DataFrame(
        {
            "school_id": directory["NCESSCH"],
            "name": directory["SCH_NAME"],
            "district_id": directory["LEAID"],
            "district_name": directory["LEA_NAME"],
            "lowest_grade": directory["GSLO"],
            "highest_grade": directory["GSHI"],
            "status": directory["SY_STATUS_TEXT"],
            "graduation_rate": directory["NCESSCH"].map(rates),
            "designation": directory["NCESSCH"].map(listed),
            **_newest_indicators(state, directory["NCESSCH"]),
        }
    )
    return table.merge(coordinates, left_on="school_id", right_on="NCESSCH").drop(columns="NCESSCH")


def _newest_indicators(state: SampleState, school_ids: pd.Series) -> dict[str, pd.Series]:
    """Enrolment and per cent proficient of the newest year; missing where hidden, or without indicators."""
    indicators = state.indicators.reindex(columns=list(INDICATOR_COLUMNS))
    newest = indicators["school_year"] == indicators["school_year"].max()
    rows = indicators[newest].set_index("school_id")
    counts = rows.apply(pd.to_numeric, errors="coerce").reindex(school_ids).set_axis(school_ids.index)
    subjects = ("mathematics", "reading")
    shares = {f"proficiency_{each}": counts[f"proficient_{each}"] / counts[f"tested_{each}"] for each in subjects}
    per_cent = {name: (100 * share).round().astype("Int64") for name, share in shares.items()}
    return {"enrolment": counts["enrolled"].astype("Int64"), **per_cent}


def _csv(table: pd.DataFrame, name: str) -> bytes:
    return table.to_csv(index=False, sep="|" if name.endswith(".TXT") else ",", lineterminator="\n").encode()
