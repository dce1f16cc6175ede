"""
Time that paths add to an estimate from catchments, beside geopandas' overlay of the same layers.

Run ``python -m bench.catchment_paths [--elementary 4000]``. Catchments are irregular cells around random schools, in
three layers that do not nest. ``geopandas.overlay`` does the bare equivalent: it intersects the elementary with the
middle layer, and the result with the high school layer. Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from bench.turns import Row, figures_of, in_one_piece, show, take_turns
from clustering.flows.catchments.estimate import CatchmentEstimate, estimate_catchment_flows
from clustering.model.grades import grade_mask

SIDE_METRES = 400_000
LAYERS = {"elementary": (0, 5, 1.0), "middle": (6, 8, 0.3), "high": (9, 12, 0.15)}
ROUNDS = 3
CRS = "EPSG:5070"


def draw_layers(elementary: int, *, seed: int = 1) -> gpd.GeoDataFrame:
    """
    Draw catchments of three levels.

    Parameters
    ----------
    elementary
        Elementary schools; there are 0.3 middle and 0.15 high schools for each.
    seed
        Seed of the generator.

    Returns
    -------
    catchments
        As ``validate_catchments`` returns them.
    """
    generator = np.random.default_rng(seed)
    frame = shapely.box(0, 0, SIDE_METRES, SIDE_METRES)
    parts = []
    for level, (lowest, highest, part) in LAYERS.items():
        points = shapely.multipoints(generator.uniform(0, SIDE_METRES, (int(elementary * part), 2)))
        cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
        # Borders have as many corners as drawn ones.
        shapes = shapely.segmentize(shapely.intersection(cells, frame), 200.0)
        table = pd.DataFrame({"school_id": [f"{level[0]}{number:05}" for number in range(len(shapes))]})
        table = table.assign(
            name=table["school_id"], grades_offered=grade_mask(lowest, highest), level=level, is_open_enrolment=False
        )
        parts.append(gpd.GeoDataFrame(table, geometry=shapes, crs=CRS))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=CRS)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--elementary", type=int, default=4_000)
    catchments = draw_layers(options.parse_args().elementary)
    schools = pd.DataFrame({"grades_offered": catchments["grades_offered"], "enrolment_students": 300.0})
    schools.index = pd.Index(catchments["school_id"], name="school_id")
    layers = {level: catchments.loc[catchments["level"] == level, ["school_id", "geometry"]] for level in LAYERS}

    def overlay() -> gpd.GeoDataFrame:
        first = gpd.overlay(layers["elementary"], layers["middle"], keep_geom_type=True)
        return gpd.overlay(first, layers["high"], keep_geom_type=True)

    def estimate() -> CatchmentEstimate:
        return estimate_catchment_flows(catchments, schools)

    timed = take_turns([in_one_piece("estimate", estimate), in_one_piece("overlay", overlay)], ROUNDS)
    ours, theirs = timed["estimate"], timed["overlay"]
    paths = ours.result.paths
    rows = [
        Row(
            name="estimate_with_paths", value=ours.whole_s, note=f"{len(catchments):,} catchments, {len(paths):,} paths"
        ),
        Row(name="geopandas_overlay", value=theirs.whole_s, ratio=ours.whole_s / theirs.whole_s),
    ]
    show("Paths from catchments", rows)
    print(json.dumps(figures_of(rows)))


if __name__ == "__main__":
    main()
