"""The state's register of Lead Partners, and what they, districts and the state prefer and exclude: all invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clustering.datasets.geography import to_sphere_km
from clustering.datasets.names import SCHOOL_HEADS, SCHOOL_TAILS
from clustering.datasets.schools import NEWEST_FALL

# Partners grow more slowly than states: 8 for 600 schools, about 200 for a hundred thousand.
_LEAD_PARTNERS, _SUPPORTING_PARTNERS, _OF_SCHOOLS, _LEAD_POWER, _SUPPORTING_POWER = 8, 3, 600, 0.63, 0.5
_TITLES = ("Education Partners", "School Network", "Turnaround Partners", "Learning Alliance", "Academies Trust")
_SUPPORT_TITLES = ("Student Supports", "Tutoring", "Family Services")
_SERVICES = ("tutoring; attendance; counselling; health", "tutoring; summer school", "family liaison; attendance")
_ALL_LEVELS = "elementary; middle; high"
_FIRST_START = NEWEST_FALL + 1
MAXIMUM_LATER = f"maximum_schools_{_FIRST_START + 2}"
PARTNER_COLUMNS = (
    *("partner_id", "name", "kind", "home_district", "latitude", "longitude", "reach_districts", "reach_km", "levels"),
    *("schools_now", "maximum_schools", MAXIMUM_LATER, "earliest_start", "growth_share"),
    *("growth_ceiling", "contract_years", "cost_per_school", "cost_per_student", "approval", "accountability"),
    *("authority", "comprehensive_services", "embedded_presence", "supporting_partners", "services", "evidence"),
    "evidence_source",
)
PREFERENCE_COLUMNS = ("partner_id", "district_id", "school_id", "level", "choice", "stated_by", "reason")


@dataclass(frozen=True, kw_only=True)
class DrawnRegister:
    """
    The register as its files hold it.

    Parameters
    ----------
    partners
        ``PARTNER_COLUMNS``, a row per partner; all text, blank where nothing is known.
    preferences
        ``PREFERENCE_COLUMNS``; all text.
    """

    partners: pd.DataFrame
    preferences: pd.DataFrame


def draw_register(schools: pd.DataFrame, rng: np.random.Generator) -> DrawnRegister:
    """
    Draw partners for a state.

    Parameters
    ----------
    schools
        ``ncessch``, ``leaid``, ``district_name``, ``highest`` (grade), ``is_charter``, ``hardship``, ``latitude``,
        ``longitude``.
    rng
        Source of chance.

    Returns
    -------
    register
        Organisations first, of six kinds in turn: nearly full, growing, with ranges, without presence, not approved,
        with exclusions; then the own units of the largest districts; then supporting partners.
    """
    districts = _districts_of(schools)
    size = len(schools) / _OF_SCHOOLS
    lead = max(3, round(_LEAD_PARTNERS * size**_LEAD_POWER))
    supporting = max(1, round(_SUPPORTING_PARTNERS * size**_SUPPORTING_POWER))
    units = min(len(districts), max(1, lead // 4))
    names = _name_partners(lead - units + supporting, rng)
    support_ids = [f"SP-{number:03d}" for number in range(1, supporting + 1)]
    rows = [_organisation(number, names[number], districts, support_ids, rng) for number in range(lead - units)]
    rows += [_unit(lead - units + number, districts.iloc[number], support_ids, rng) for number in range(units)]
    rows += [
        _supporting_partner(number, support_ids[number], name) for number, name in enumerate(names[lead - units :])
    ]
    blank = dict.fromkeys(PARTNER_COLUMNS, "")
    partners = pd.DataFrame([blank | row for row in rows], columns=list(PARTNER_COLUMNS), dtype="str")
    return DrawnRegister(partners=partners, preferences=_draw_preferences(partners, districts, schools))


def _districts_of(schools: pd.DataFrame) -> pd.DataFrame:
    """Districts that are no charter school, the largest first."""
    own = schools[~schools["is_charter"]]
    districts = own.groupby("leaid", sort=True).agg(
        name=("district_name", "first"),
        schools=("ncessch", "size"),
        hardship=("hardship", "mean"),
        latitude=("latitude", "mean"),
        longitude=("longitude", "mean"),
    )
    return districts.sort_values("schools", ascending=False, kind="stable").reset_index()


def _name_partners(count: int, rng: np.random.Generator) -> list[str]:
    """Two words for each, of which no pair returns before all have been used."""
    pairs = rng.permutation(len(SCHOOL_HEADS) * len(SCHOOL_TAILS))
    stems = [divmod(int(pairs[number % len(pairs)]), len(SCHOOL_TAILS)) for number in range(count)]
    return [f"{SCHOOL_HEADS[head]} {SCHOOL_TAILS[tail]}" for head, tail in stems]


def _organisation(
    number: int, name: str, districts: pd.DataFrame, support_ids: list[str], rng: np.random.Generator
) -> dict[str, Any]:
    # Homes are in large districts, each in another one as long as there are any.
    home = districts.iloc[number % len(districts)]
    now = int(rng.integers(2, 7))
    duties = {"accountability": "met", "authority": "met", "comprehensive_services": "met", "embedded_presence": "met"}
    row: dict[str, Any] = {
        "partner_id": f"LP-{number + 1:03d}",
        "name": f"{name} {_TITLES[number % len(_TITLES)]}",
        "kind": "organisation",
        "home_district": home["leaid"],
        "latitude": f"{home['latitude']:.6f}",
        "longitude": f"{home['longitude']:.6f}",
        "reach_km": str(10 * int(rng.integers(12, 41))),
        "levels": _ALL_LEVELS,
        "schools_now": str(now),
        "maximum_schools": str(now + int(rng.integers(8, 14))),
        "earliest_start": _year(_FIRST_START),
        "contract_years": str(int(rng.integers(3, 6))),
        "cost_per_school": f"${10_000 * int(rng.integers(62, 96)):,}",
        "approval": "pre-qualified",
        **duties,
        "evidence": f"Fictional: graduation in {now} schools rose by {int(rng.integers(4, 15))} points in three years",
        "evidence_source": f"Fictional Review of Partners, {int(rng.integers(2019, 2024))}",
    }
    return {**row, **_vary(number, now, districts, support_ids)}


def _vary(number: int, now: int, districts: pd.DataFrame, support_ids: list[str]) -> dict[str, str]:
    """What sets an organisation apart; there are six kinds, in turn."""
    match number % 6:
        case 0:  # runs more schools than others, and can take a small Zone
            return {"schools_now": str(now + 6), "maximum_schools": str(now + 10)}
        case 1:  # starts later, and may run half a school more for each school that it has run for two years
            growth = {"growth_share": "0.5", "growth_ceiling": str(now + 16), "earliest_start": _year(_FIRST_START + 1)}
            return {"maximum_schools": str(now + 5), MAXIMUM_LATER: str(now + 9), **growth}
        case 2:  # gives ranges and the districts that it serves, and no coordinates
            ranges = {"maximum_schools": f"{now + 9}-{now + 12}", "cost_per_school": "$700,000-$850,000"}
            nearest = _nearest_districts(number, districts)
            return {**ranges, "latitude": "", "longitude": "", "reach_km": "", "reach_districts": "; ".join(nearest)}
        case 3:  # lacks a duty, and charges by student
            return {"embedded_presence": "missing", "cost_per_school": "", "cost_per_student": "$1,330"}
        case 4:  # is not approved, and says of its results what nobody can check
            return {"approval": "not approved", "authority": "promised", "evidence_source": ""}
        case _:  # leaves services to a supporting partner, and excludes districts
            return {"comprehensive_services": "missing", "supporting_partners": support_ids[0], "cost_per_school": ""}


def _nearest_districts(number: int, districts: pd.DataFrame) -> list[str]:
    """The home of an organisation and the districts of some size nearest to it, sorted by identifier."""
    points = to_sphere_km(districts["latitude"].to_numpy(), districts["longitude"].to_numpy())
    distance_km = np.linalg.norm(points - points[number % len(districts)], axis=1).round(3)
    several = _several_schools(districts)
    nearest = np.argsort(distance_km[several], kind="stable")[:12]
    return sorted(districts.loc[several, "leaid"].to_numpy()[nearest])


def _several_schools(districts: pd.DataFrame) -> np.ndarray:
    """Whether each district has schools enough for a Zone or is the largest there is."""
    several: np.ndarray = (districts["schools"] >= min(4, districts["schools"].max())).to_numpy()
    return several


def _year(fall: int) -> str:
    return f"{fall}-{(fall + 1) % 100:02d}"


def _unit(number: int, home: pd.Series, support_ids: list[str], rng: np.random.Generator) -> dict[str, Any]:
    """An internal Lead Partner: a unit of a large district, for that district only."""
    return {
        "partner_id": f"LP-{number + 1:03d}",
        "name": f"{home['name']}, Zone Schools Unit",
        "kind": "district unit",
        "home_district": home["leaid"],
        "levels": _ALL_LEVELS,
        "schools_now": "0",
        "maximum_schools": str(int(rng.integers(9, 14))),
        "earliest_start": _year(_FIRST_START),
        "contract_years": "5",
        "cost_per_school": f"${10_000 * int(rng.integers(45, 66)):,}",
        "approval": "applied",
        "accountability": "promised",
        "authority": "met",
        "comprehensive_services": "met",
        "embedded_presence": "met",
        "supporting_partners": support_ids[-1],
    }


def _supporting_partner(number: int, partner_id: str, name: str) -> dict[str, Any]:
    return {
        "partner_id": partner_id,
        "name": f"{name} {_SUPPORT_TITLES[number % len(_SUPPORT_TITLES)]}",
        "kind": "supporting partner",
        "levels": _ALL_LEVELS,
        "approval": "pre-qualified",
        "comprehensive_services": ("met", "missing", "promised")[number % 3],
        "services": _SERVICES[number % len(_SERVICES)],
    }


def _draw_preferences(partners: pd.DataFrame, districts: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Two or three rows for every second organisation, from all three sides."""
    organisations = partners.loc[partners["kind"] == "organisation", "partner_id"]
    several = districts[_several_schools(districts)]
    needy = several.sort_values(["hardship", "leaid"], ascending=[False, True])["leaid"].tolist()
    upper = schools[(schools["highest"] == 12) & ~schools["is_charter"]]
    needy_schools = upper.sort_values(["hardship", "ncessch"], ascending=[False, True])["ncessch"].tolist()
    rows: list[tuple[str, ...]] = []
    for number, partner_id in enumerate(organisations):
        reach = partners["reach_districts"].iloc[number].split("; ")
        district, other = (needy[place % len(needy)] for place in (number, number + 1))
        match number % 6:
            case 0:
                rows.append((partner_id, district, "", "", "exclude", "state", "It runs many schools already"))
            case 1:
                school = needy_schools[number % len(needy_schools)]
                rows.append((partner_id, other, "", "", "prefer", "district", "The board has asked for it"))
                rows.append((partner_id, "", school, "", "exclude", "district", "An earlier contract ended early"))
            case 2:
                wanted = next((each for each in needy if each in reach), district)
                rows.append((partner_id, wanted, "", "", "prefer", "partner", ""))
                rows.append((partner_id, "", "", "high", "prefer", "state", "Its results are in high schools"))
            case 5:
                largest = districts["leaid"].iloc[0]
                rows.append((partner_id, largest, "", "", "exclude", "partner", "It works in smaller districts"))
                rows.append((partner_id, other, "", "", "exclude", "district", "The board prefers another"))
    table = pd.DataFrame(rows, columns=list(PREFERENCE_COLUMNS), dtype="str")
    return table.drop_duplicates(ignore_index=True)
