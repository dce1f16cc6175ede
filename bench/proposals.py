"""
Proposals measured against named alternatives, in the same run.

Run ``python -m bench.proposals [--schools 100000] [--rounds 5] [--only PART ...]``. The parts: ``country`` (from the
feeder graph to proven-optimal Zones, beside algorithms that only cut the graph into communities), ``score`` (the exact
answer beside every other method), ``state`` (files to GeoJSON, beside pandas reading the files), ``locks`` (one lock
changed), ``growth`` (time per school), ``city`` (a conflict-heavy city, beside the plain model given to HiGHS and to
CP-SAT) and ``cache``. Each part has a process of its own. Ends with one line of JSON that holds every figure;
docs/benchmarks.md says what each row means.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable
from functools import partial

from bench.city import compare_city_solvers
from bench.communities import compare_scores, compare_with_communities
from bench.growth import measure_growth, measure_memory
from bench.state import change_locks, compare_line_with_reading
from bench.students import in_fresh_process
from bench.turns import Row, figures_of, show

SMALLEST_GROWN = 1_000


def main() -> None:
    """Measure the parts asked for and print their tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--schools", type=int, default=100_000, help="of the country")
    options.add_argument("--state-schools", type=int, default=5_000, help="of the state")
    options.add_argument("--rounds", type=int, default=5, help="turns of each contender; medians count")
    options.add_argument("--louvain-rounds", type=int, default=1, help="turns of networkx, which takes longest")
    options.add_argument("--city-rounds", type=int, default=1, help="turns in a city, up to a minute each")
    options.add_argument("--seeds", type=int, default=5, help="number of cities")
    options.add_argument("--only", nargs="+", metavar="PART", help="leave the other parts out")
    parameters = options.parse_args()
    parts = _parts(parameters)
    if unknown := set(parameters.only or ()) - set(parts):
        options.error(f"There is no part {', '.join(sorted(unknown))}: choose among {', '.join(parts)}.")
    figures: dict[str, object] = {"python": platform.python_version(), "cores": os.cpu_count()}
    missed = []
    for name in parameters.only or parts:
        rows = parts[name]()
        show(name, rows)
        figures |= figures_of(rows)
        missed += [row.name for row in rows if row.is_missed]
    print(json.dumps({**figures, "bars_missed": missed}))


def _parts(parameters: argparse.Namespace) -> dict[str, Callable[[], list[Row]]]:
    rounds = parameters.rounds
    sizes = [*(size for size in (SMALLEST_GROWN, 10 * SMALLEST_GROWN) if size < parameters.schools), parameters.schools]
    return {
        "country": partial(
            in_fresh_process, compare_with_communities, parameters.schools, rounds, parameters.louvain_rounds
        ),
        "score": partial(in_fresh_process, compare_scores, parameters.schools, rounds),
        "state": partial(in_fresh_process, compare_line_with_reading, parameters.state_schools, rounds),
        "locks": partial(in_fresh_process, change_locks, parameters.state_schools, rounds),
        "growth": partial(in_fresh_process, measure_growth, sizes, rounds),
        "city": partial(in_fresh_process, compare_city_solvers, range(parameters.seeds), parameters.city_rounds),
        "memory": partial(measure_memory, parameters.schools),
    }


if __name__ == "__main__":
    main()
