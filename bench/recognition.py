"""
Zones held against the true paths of all students: feeders wrongly in, and schools that belong in a Zone and are not.

Run ``python -m bench.recognition [--seeds 5]``. States are generated whose catchments and schools of choice are known
to the last student (``clustering.generate_catchment_state``). From the files that an agency would hold, once of each
kind, Zones are proposed with the defaults, with the official list, and with Zones of up to 30 schools.
``bench.arrival`` says what counts as wrongly in and as left out; both are shares of the feeders in Zones, medians over
the seeds. Schools that belong in a Zone which is full are counted apart (``kept_out_by_size``).

A second table holds the sample state and, if their files are at hand (``--shared``), DC, Philadelphia and two small
cases: feeders of whom less than one in five students arrives, shares multiplied along the flows. Philadelphia's files
have no rates: there every second high school with a catchment counts as low-performing.

Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from bench.arrival import LEAST_ARRIVAL, chained_arrival, feeders_of, recognise
from clustering import (
    Proposal,
    Scenario,
    ZonePlanner,
    generate_catchment_state,
    read_scenario,
    write_catchment_state,
)

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SAMPLE = ROOT / "data" / "sample"
MOST_SHARE = 0.02

STATES: Mapping[str, Mapping[str, float]] = {
    "usual": {},
    "aligned": {"split_share": 0.0},
    "much split": {"split_share": 0.8, "aligned_share": 0.0},
    "much choice": {"choice_share": 0.5},
}
INPUTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "catchments": {"catchments": ["catchments"]},
    "catchments, people": {"catchments": ["catchments"], "population": ["population"]},
    "flows": {"flows": ["promotions"]},
    "flows, catchments": {"flows": ["promotions"], "catchments": ["catchments"], "population": ["population"]},
    "student records": {"students": ["records"]},
}
OFFICIAL = "official:designation=CSI"
REQUESTS: Mapping[str, Mapping[str, object]] = {
    "defaults": {},
    "official list": {"identification": OFFICIAL},
    "30 schools": {"maximum_schools": 30},
}
KEYS = ["state", "input", "request"]
SHARES = ["wrongly_in", "left_out", "kept_out_by_size"]


def main() -> None:
    """Measure and print both tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--districts", type=int, default=8, help="of each generated state")
    options.add_argument("--states", nargs="+", choices=list(STATES), default=list(STATES))
    options.add_argument("--inputs", nargs="+", choices=list(INPUTS), default=list(INPUTS))
    options.add_argument("--shared", type=Path, default=SHARED, help="folder with real data and small cases")
    options.add_argument("--list", action="store_true", help="also list every school counted")
    parameters = options.parse_args()
    rows = [
        row
        for name in parameters.states
        for seed in range(1, parameters.seeds + 1)
        for row in measure_state(name, seed, parameters.districts, parameters.inputs)
    ]
    if parameters.list:
        for row in rows:
            print(*(row[name] for name in ("state", "seed", "input", "request", "schools")), sep=" / ")
    medians = pd.DataFrame(rows).groupby(KEYS, sort=False)[["feeders", *SHARES]].median().reset_index()
    print(f"\nGenerated states, medians of {parameters.seeds} seeds; shares of the feeders in Zones")
    shown = {"feeders": "{:.0f}".format, **dict.fromkeys(SHARES, "{:.1%}".format)}
    print(medians.to_string(index=False, formatters=shown))
    known = pd.DataFrame(measure_known(parameters.shared))
    print(f"\nFeeders with a chained arrival under {LEAST_ARRIVAL:.0%}")
    print(known.to_string(index=False))
    print(json.dumps({"benchmark": "recognition", **_figures(medians, known)}))


def _figures(medians: pd.DataFrame, known: pd.DataFrame) -> dict[str, object]:
    """Write both tables as the figures of the line of JSON."""
    name = medians[KEYS].agg(" / ".join, axis="columns")
    figures: dict[str, object] = {
        f"{key} / {share}": round(float(value), 4)
        for share in SHARES
        for key, value in zip(name, medians[share], strict=True)
    }
    places = known["place"] + " / " + known["request"]
    figures |= dict(zip(places, known["small_arrival"].tolist(), strict=True))
    is_missed = (medians[SHARES[:2]] > MOST_SHARE).any(axis="columns")
    return {**figures, "bars_missed": [*name[is_missed], *places[known["small_arrival"] > 0]]}


def measure_state(name: str, seed: int, districts: int, inputs: Sequence[str]) -> Iterator[dict[str, object]]:
    """
    Propose Zones from every kind of input of one generated state.

    Parameters
    ----------
    name
        One of ``STATES``.
    seed, districts
        Of the state.
    inputs
        Among ``INPUTS``.

    Yields
    ------
    row
        ``state``, ``seed``, ``input``, ``request``, ``feeders``, the three shares of feeders, and ``schools``, those
        wrongly in and left out.
    """
    state = generate_catchment_state(districts=districts, seed=seed, **STATES[name])  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        files = write_catchment_state(state, folder)
        for kind in inputs:
            sources = {role: [files[part] for part in parts] for role, parts in INPUTS[kind].items()}
            scenario = read_scenario(
                schools=[files["schools"], files["membership"]],
                performance=files["performance"],
                **sources,  # type: ignore[arg-type]
            )
            planner = ZonePlanner(scenario)
            for request, settings in REQUESTS.items():
                proposal = planner.propose({**settings, "check_suppressed": False})
                found = recognise(proposal, state.paths)
                feeders = max(1, found.feeders)
                yield {
                    "state": name,
                    "seed": seed,
                    "input": kind,
                    "request": request,
                    "feeders": found.feeders,
                    "wrongly_in": len(found.wrongly_in) / feeders,
                    "left_out": len(found.left_out) / feeders,
                    "kept_out_by_size": found.kept_out_by_size / feeders,
                    "schools": f"wrongly in: {_pairs(found.wrongly_in)}; left out: {_pairs(found.left_out)}",
                }


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{school} of {anchor}" for anchor, school in pairs) or "none"


def measure_known(shared: Path) -> Iterator[dict[str, object]]:
    """
    Count the feeders with a small chained arrival in the sample state, in two cities and in two small cases.

    Parameters
    ----------
    shared
        Folder with ``data/dc_2011``, ``data/philadelphia_2015`` and ``cases/files``; what is not there is left out,
        and said.

    Yields
    ------
    row
        ``place``, ``request``, ``feeders``, ``small_arrival`` (how many), ``which``.
    """
    data, cases = shared / "data", shared / "cases" / "files"
    places: tuple[tuple[str, Path, Callable[[Path], Scenario], Mapping[str, Mapping[str, object]]], ...] = (
        ("sample state", SAMPLE, _read_counted, {"official list": {"identification": "official:designation=CSI-GR"}}),
        ("DC", data / "dc_2011", _read_counted, {"official list": {"identification": "official:esea_class=Priority"}}),
        ("Philadelphia", data / "philadelphia_2015", _read_philadelphia, {}),
        ("branch of another high", cases, _read_branch, {}),
        ("choice school", cases, _read_choice_school, {}),
    )
    for place, folder, read, requests in places:
        if not folder.is_dir():
            print(f"There is no {folder}: {place} is left out.")
            continue
        planner = ZonePlanner(read(folder))
        for request, settings in {"defaults": {}, **requests}.items():
            yield _small_arrival(place, request, planner.propose(settings))


def _read_counted(folder: Path) -> Scenario:
    return read_scenario(schools=folder / "schools.csv", flows=folder / "promotions.csv")


def _read_branch(folder: Path) -> Scenario:
    return read_scenario(
        schools=folder / "27-branch-of-another-high-schools.csv", flows=folder / "27-branch-of-another-high-flows.csv"
    )


def _read_choice_school(folder: Path) -> Scenario:
    return read_scenario(
        schools=folder / "28-choice-school-schools.csv", catchments=folder / "28-choice-school-catchments.geojson"
    )


def _read_philadelphia(folder: Path) -> Scenario:
    catchments = json.loads((folder / "hs_2015.json").read_text(encoding="utf-8"))["features"]
    high_schools = sorted({str(each["properties"]["HS_ID"]) for each in catchments})
    rates = pd.DataFrame({"school_id": high_schools, "graduation_rate": "90"})
    rates.loc[::2, "graduation_rate"] = "50"
    return read_scenario(
        schools=folder / "schools_points.geojson",
        performance=rates,
        catchments=[folder / f"{layer}_2015.json" for layer in ("es", "ms", "hs")],
        options=["schools_points.geojson:repeated=merge"],
    )


def _small_arrival(place: str, request: str, proposal: Proposal) -> dict[str, object]:
    arrival = {
        school: chained_arrival(proposal.links, zone)[school] for zone in proposal.zones for school in feeders_of(zone)
    }
    # A share that is exactly one in five earns its place, whatever the last digit of a sum says.
    small = sorted(school for school, share in arrival.items() if share < LEAST_ARRIVAL - 1e-9)
    which = ", ".join(f"{school} ({arrival[school]:.0%})" for school in small)
    return {"place": place, "request": request, "feeders": len(arrival), "small_arrival": len(small), "which": which}


if __name__ == "__main__":
    main()
