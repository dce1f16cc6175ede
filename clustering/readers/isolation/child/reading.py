"""The child: from a request on standard input to an answer in the working folder."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from clustering.readers.isolation.child.answers import CodedError, Facts, Request
from clustering.readers.isolation.child.confinement import confine
from clustering.readers.isolation.child.features import read_features, read_parquet
from clustering.readers.isolation.child.json_records import read_records
from clustering.readers.isolation.child.placemarks import read_placemarks
from clustering.readers.isolation.child.unneeded_packages import UnneededPackages
from clustering.readers.isolation.child.workbooks import read_workbook

READERS: Mapping[str, Callable[[Request], Facts]] = {
    **dict.fromkeys(("geojson", "geojson sequence", "topojson", "arcgis json"), read_features),
    "geopackage": read_features,
    "flatgeobuf": read_features,
    "shapefile archive": read_features,
    "parquet": read_parquet,
    "workbook": read_workbook,
    "json": read_records,
    "kml": read_placemarks,
}


def read_request() -> None:
    """
    Read the request from standard input, read the file, and write the answer to the working folder.

    A request for several files that were given together names the ``folders`` within the working folder that hold
    them; each takes its own answer. The child ends at the first that it cannot answer.
    """
    request = json.load(sys.stdin)
    walls = confine(request)
    sys.path.extend(path for path in request["packages"] if path not in sys.path)
    sys.meta_path.insert(0, UnneededPackages())
    working_folder, answered_bytes = Path.cwd(), 0
    for folder in request.get("folders", ["."]):
        os.chdir(working_folder / folder)
        answer = {**_answer(request), "walls": walls}
        Path("answer.json").write_text(json.dumps(answer), encoding="utf-8")
        # The system limits each answer, as it does the answer about a file that is read alone.
        answered_bytes += sum(written.stat().st_size for written in Path().glob("answer.*"))
        if answered_bytes > request["limits"]["answer_bytes"]:
            return


def _answer(request: Request) -> dict[str, Any]:
    try:
        return {"facts": READERS[request["kind"]](request)}
    except CodedError as error:
        return error.answer
    except MemoryError:
        return {"error_code": "memory", "facts": {}}
