"""
How far estimated promotions lie from known ones: the plain rule, a doubly constrained gravity model, and the default.

Run ``python -m bench.estimates [--data FOLDER] [--generated SCHOOLS:SEED ...]``. What the folder lacks is skipped, and
said. The known promotions are those of Washington, DC (``dc_2011``), the official chain of catchments of Philadelphia
(``philadelphia_2015``), and those of generated states. No method sees any of them. For each method:

- students elsewhere: share of the promoted students whom it sends to another school than the record does;
- of a feeder: the same share of each feeder's students, averaged over the feeders: how far send shares are off;
- main destination: share of the feeders whose first destination is the recorded one.

Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering import Scenario, generate_state, read_scenario, write_state
from clustering.disclosure import protected_base
from clustering.flows.catchments.official_feeder_chain import official_chain_flows
from clustering.flows.choice_schools import choice_schools_by_type
from clustering.flows.cohorts import build_cohorts
from clustering.flows.comparison import FlowComparison, compare_flows
from clustering.flows.gravity.estimate import estimate_gravity_flows
from clustering.flows.gravity.neighbours import pair_neighbours
from clustering.flows.gravity.parameters import GravityParameters
from clustering.model.grades import parse_grade

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
GENERATED = ("300:1", "600:1", "600:2", "1200:3", "2400:4")
SCALE_KM, LEAST_KM, ITERATIONS = 1.0, 0.5, 300


@dataclass(frozen=True, kw_only=True)
class KnownPromotions:
    """Schools as the files give them, their enrolment by grade if it is known, and promotions to hold against."""

    name: str
    schools: gpd.GeoDataFrame
    grade_enrolment: pd.DataFrame | None
    promotions: pd.DataFrame


def nearest_school(known: KnownPromotions) -> pd.DataFrame:
    """The plain rule: every student enters the nearest school that offers the next grade but not the one before."""
    return _everyone_to_the_first(known, ["distance_km"])


def nearest_of_own_district(known: KnownPromotions) -> pd.DataFrame:
    """The plain rule inside the district, where the district has such a school."""
    return _everyone_to_the_first(known, ["is_elsewhere", "distance_km"])


def doubly_constrained(known: KnownPromotions) -> pd.DataFrame:
    """
    Wilson's doubly constrained gravity model.

    T_ij = A_i O_i B_j D_j exp(-d_ij / 1 km) between schools of which either is among the other's 12 nearest; distances
    below 500 m count as 500 m. Senders are emptied and receivers filled in proportion to their entering grades.
    """
    parameters = GravityParameters(own_district_first=False)
    schools = known.schools[known.schools.geometry.notna()]
    cohorts = build_cohorts(schools, known.grade_enrolment, parameters)
    leaving, entering = cohorts.leaving, cohorts.entering
    ends = ["sender", "receiver"]
    near = pair_neighbours(leaving, entering, schools, parameters)
    back = pair_neighbours(entering, leaving, schools, parameters).rename(columns={ends[0]: ends[1], ends[1]: ends[0]})
    pairs = pd.concat([near, back]).drop_duplicates(ends).sort_values(ends, ignore_index=True)
    sender, receiver = pairs["sender"].to_numpy(), pairs["receiver"].to_numpy()
    # Relative to the nearest, so that no pull is lost below the least float.
    distance_km = pairs["distance_km"].clip(lower=LEAST_KM)
    pull = np.exp(-(distance_km - distance_km.groupby(sender).transform("min")) / SCALE_KM).to_numpy()
    students_leaving, places = leaving["students"].to_numpy(), entering["students"].to_numpy()
    factor = np.ones(len(entering))
    for _ in range(ITERATIONS):
        weight = pull * factor[receiver]
        students = (
            weight * (students_leaving / np.bincount(sender, weight, minlength=len(leaving)).clip(1e-300))[sender]
        )
        arrived = np.bincount(receiver, students, minlength=len(entering))
        factor *= np.divide(places, arrived, out=np.zeros_like(places), where=arrived > 0)
        factor /= factor.max()
    return _flows(pairs.assign(students=students), leaving, entering)


def default(known: KnownPromotions) -> pd.DataFrame:
    """The estimate that files without flows and catchments get."""
    choice = choice_schools_by_type(known.schools)
    return estimate_gravity_flows(
        known.schools, grade_enrolment=known.grade_enrolment, excluded_receivers=list(choice)
    ).flows


METHODS: dict[str, Callable[[KnownPromotions], pd.DataFrame]] = {
    "nearest school": nearest_school,
    "nearest of own district": nearest_of_own_district,
    "doubly constrained gravity": doubly_constrained,
    "default": default,
}


def washington(folder: Path) -> KnownPromotions:
    """Promotions between the schools of Washington, DC, 2011-12; small counts at the middle of their interval."""
    scenario = read_scenario(schools=folder / "schools.csv", flows=folder / "promotions.csv")
    return KnownPromotions(
        name="Washington, DC",
        schools=scenario.schools,
        grade_enrolment=None,
        promotions=_protected_promotions(scenario),
    )


def _protected_promotions(scenario: Scenario) -> pd.DataFrame:
    flows = protected_base(scenario, "protected").flows
    return flows[flows["kind"] == "feeding"]


def philadelphia(folder: Path) -> KnownPromotions:
    """The official chain of Philadelphia's catchments, 2015, with the places and enrolment of the schools in it."""
    layers = {prefix: _features(folder / f"{prefix.lower()}_2015.json") for prefix in ("ES", "MS", "HS")}
    grades = pd.concat([layer.set_index(f"{prefix}_ID")[f"{prefix}_Grade"] for prefix, layer in layers.items()])
    grades = grades[~grades.index.duplicated()]
    points = _features(folder / "schools_points.geojson").dropna(subset="LOCATION_ID").drop_duplicates("LOCATION_ID")
    points = points[points["LOCATION_ID"].isin(grades.index)]
    enrolment = pd.to_numeric(points["ENROLLMENT"])
    table = pd.DataFrame(
        {
            "school_id": points["LOCATION_ID"],
            "grades": points["LOCATION_ID"].map(grades),
            "latitude": shapely.get_y(points["geometry"].to_numpy()),
            "longitude": shapely.get_x(points["geometry"].to_numpy()),
            "enrolment": enrolment.where(enrolment > 0),
        }
    )
    elementary = layers["ES"]
    return KnownPromotions(
        name="Philadelphia, official chain",
        schools=read_scenario(schools=table, require_flows=False).schools,
        grade_enrolment=None,
        promotions=official_chain_flows(elementary, elementary["geometry"].to_numpy()),
    )


def generated(schools: int, seed: int) -> Iterator[KnownPromotions]:
    """Promotions of a generated state, without any enrolment and with enrolment by grade."""
    state = generate_state(schools=schools, seed=seed, years=2)
    with tempfile.TemporaryDirectory() as folder:
        directory, geocodes, promotions, *_ = write_state(state, Path(folder))
        scenario = read_scenario(schools=[directory, geocodes], flows=promotions)
    recorded = _protected_promotions(scenario)
    latest = state.enrolled[state.enrolled["school_year"] == state.enrolled["school_year"].max()]
    enrolment = pd.DataFrame(
        {
            "school_id": latest["ncessch"].astype("str"),
            "year": pd.Series(pd.NA, index=latest.index, dtype="Int64"),
            "grade": latest["grade"].map(parse_grade).astype("Int64"),
            "students": latest["students"].astype("float64"),
        }
    )
    name = f"generated, {schools:,} schools, seed {seed}"
    for known, words in ((None, "no enrolment"), (enrolment, "enrolment by grade")):
        yield KnownPromotions(
            name=f"{name}, {words}", schools=scenario.schools, grade_enrolment=known, promotions=recorded
        )


def measure(known: KnownPromotions) -> dict[str, FlowComparison]:
    """Hold every method against the known promotions."""
    levels = known.schools["level"]
    return {name: compare_flows(method(known), known.promotions, levels) for name, method in METHODS.items()}


def _everyone_to_the_first(known: KnownPromotions, order: Sequence[str]) -> pd.DataFrame:
    parameters = GravityParameters(own_district_first="is_elsewhere" in order)
    schools = known.schools[known.schools.geometry.notna()]
    cohorts = build_cohorts(schools, known.grade_enrolment, parameters)
    pairs = pair_neighbours(cohorts.leaving, cohorts.entering, schools, parameters)
    pairs = pairs.assign(is_elsewhere=~pairs["same_district"]).sort_values([*order, "receiver"], kind="stable")
    first = pairs.drop_duplicates("sender")
    return _flows(
        first.assign(students=cohorts.leaving["students"].to_numpy()[first["sender"]]),
        cohorts.leaving,
        cohorts.entering,
    )


def _flows(pairs: pd.DataFrame, leaving: pd.DataFrame, entering: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "origin": leaving["school_id"].to_numpy()[pairs["sender"]],
            "destination": entering["school_id"].to_numpy()[pairs["receiver"]],
            "students": pairs["students"].to_numpy(),
        }
    )


def _features(path: Path) -> pd.DataFrame:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    return pd.DataFrame([feature["properties"] for feature in features]).assign(geometry=shapes)


def _all_known(data: Path, states: Sequence[str]) -> Iterator[KnownPromotions]:
    for folder, read in (("dc_2011", washington), ("philadelphia_2015", philadelphia)):
        if (data / folder).is_dir():
            yield read(data / folder)
        else:
            print(f"There is no folder {data / folder}: left out.")
    for state in states:
        schools, seed = map(int, state.split(":"))
        yield from generated(schools, seed)


def main() -> None:
    """Print the comparison on whatever data is there."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=DATA, help="folder with dc_2011 and philadelphia_2015")
    options.add_argument("--generated", nargs="*", default=GENERATED, help="states as SCHOOLS:SEED")
    arguments = options.parse_args()
    figures: dict[str, dict[str, dict[str, float | int | None]]] = {}
    for known in _all_known(arguments.data, arguments.generated):
        errors = measure(known)
        figures[known.name] = {
            method: {
                "feeders": error.schools,
                "students_elsewhere": error.misplaced_share,
                "of_a_feeder": error.mean_misplaced_share,
                "main_destination": error.dominant_agreement,
            }
            for method, error in errors.items()
        }
        print(f"\n{known.name} ({errors['default'].schools:,} feeders)")
        print(f"{'':<28}{'students elsewhere':>20}{'of a feeder':>14}{'main destination':>18}")
        for method, error in errors.items():
            shares = (error.misplaced_share, error.mean_misplaced_share, error.dominant_agreement)
            texts = ["-" if share is None else f"{share:.3f}" for share in shares]
            print(f"{method:<28}{texts[0]:>20}{texts[1]:>14}{texts[2]:>18}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
