"""What hostile files try to get at, the documents that would, and ways to bend a sound file."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lures:
    """
    What the files try to get at.

    Parameters
    ----------
    secret
        A file with a token that must turn up nowhere.
    address
        Of a server that must not be asked.
    """

    secret: Path
    address: str


def documents(lures: Lures) -> Iterator[tuple[str, bytes]]:
    """Documents that make GDAL open something else, in the disguises that were seen to work."""
    source = f"<SrcDataSource>{lures.secret}</SrcDataSource>"
    remote = f"<SrcDataSource>/vsicurl/{lures.address}/secret.csv</SrcDataSource>"
    texts = {
        "virtual layer": f'<OGRVRTDataSource><OGRVRTLayer name="secret">{source}</OGRVRTLayer></OGRVRTDataSource>',
        "remote layer": f'<OGRVRTDataSource><OGRVRTLayer name="secret">{remote}</OGRVRTLayer></OGRVRTDataSource>',
        "pipeline": json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector pipeline ! read {lures.secret} ! write --format stream x",
            }
        ),
        "remote pipeline": json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector pipeline ! read {lures.address}/a ! write --format stream x",
            }
        ),
        "feature service": f"<OGRWFSDataSource><URL>{lures.address}/wfs?</URL></OGRWFSDataSource>",
        "external entity": f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{lures.secret}">]><kml><name>&b;</name></kml>',
        "next page": json.dumps(
            {"type": "FeatureCollection", "features": [], "links": [{"rel": "next", "href": lures.address}]}
        ),
    }
    for name, text in texts.items():
        plain = text.encode()
        yield name, plain
        yield f"{name}, with a mark", b"\xef\xbb\xbf" + plain
        yield f"{name}, as UTF-16", text.encode("utf-16")
        yield f"{name}, after blanks", b" \n\t" + plain
        yield f"{name}, packed", gzip.compress(plain)
        for member in ("schools.csv", "schools.geojson", "schools.gpkg", "layer.shp", "../../secret.vrt"):
            yield f"{name}, as {member} in an archive", archive({member: plain})


def archive(members: dict[str, bytes], *, level: int = 1) -> bytes:
    """A ZIP archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as pack:
        for name, data in members.items():
            pack.writestr(name, data)
    return whole.getvalue()


def mutations(data: bytes, count: int, *, seed: int, keep: int = 0) -> Iterator[tuple[str, bytes]]:
    """Truncated, bit-flipped, overwritten and doubled copies; the first ``keep`` bytes stay as they are."""
    chance = random.Random(seed)
    for number in range(count):
        changed = bytearray(data)
        position = chance.randrange(keep, max(keep + 1, len(data)))
        how = ("cut", "flipped", "overwritten", "doubled")[number % 4]
        if how == "cut":
            del changed[position:]
        elif how == "flipped":
            for _ in range(1 + number % 7):
                changed[chance.randrange(keep, len(data))] ^= 1 << chance.randrange(8)
        elif how == "overwritten":
            span = chance.randrange(1, 64)
            changed[position : position + span] = chance.choice([b"\0", b"\xff", b"<", b"[", b"\x7f"]) * span
        else:
            changed[position:position] = data[position:]
        yield f"{how} {number}", bytes(changed)
