"""The layers of a proposal as files for map programs, spreadsheets and data tools."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from clustering.outputs.flat_layers import FlatLayer
from clustering.outputs.layer_styles import STYLE_TABLE, style_rows
from clustering.outputs.tables import table_bytes

# File to media type. With exact counts the names are those of ``release_name``.
LAYER_FILE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "zones.csv": "text/csv; charset=utf-8",
        "zone-schools.csv": "text/csv; charset=utf-8",
        "zones.parquet": "application/vnd.apache.parquet",
        "zone-schools.parquet": "application/vnd.apache.parquet",
        "links.parquet": "application/vnd.apache.parquet",
        "proposal.gpkg": "application/geopackage+sqlite3",
        "proposal.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
# Two files of the same layers are the same bytes: the time of writing is none of what they say.
_WRITTEN_AT = "1980-01-01T00:00:00Z"


def render_layer_file(layers: Mapping[str, FlatLayer], name: str) -> bytes:
    """
    Write one file of the layers of a proposal.

    Parameters
    ----------
    layers
        As :func:`~clustering.proposal_layers` makes them.
    name
        ``zones.csv``, ``zone-schools.csv``, ``zones.parquet``, ``zone-schools.parquet``, ``links.parquet``
        (GeoParquet), ``proposal.gpkg`` (GeoPackage: all layers, each with a style for QGIS) or ``proposal.xlsx`` (a
        sheet per layer, and one that says what the columns hold).

    Returns
    -------
    data
        The same bytes for the same layers. What a spreadsheet would run as a formula is disarmed in CSV, and is text in
        XLSX. With exact counts each table has its mark as a column.

    Raises
    ------
    KeyError
        There is no such file.
    """
    stem, _, kind = name.rpartition(".")
    if name not in LAYER_FILE_TYPES:
        raise KeyError(name)
    if kind == "csv":
        return table_bytes(_plain(layers[stem]))
    if kind == "parquet":
        return _parquet_bytes(layers[stem])
    return _geopackage_bytes(layers) if kind == "gpkg" else _workbook_bytes(layers)


def write_geopackage(layers: Mapping[str, FlatLayer], path: str | Path) -> Path:
    """
    Write layers into one GeoPackage.

    Parameters
    ----------
    layers
        As :func:`~clustering.proposal_layers` makes them.
    path
        Of the file; one that is there is replaced.

    Returns
    -------
    path
        Of the file: a layer for each, with ``feature_id`` first, and ``layer_styles``, by which QGIS draws them.
    """
    target = Path(path)
    target.write_bytes(_geopackage_bytes(layers))
    return target


def _plain(layer: FlatLayer) -> pd.DataFrame:
    return pd.DataFrame(layer.table.drop(columns="geometry"))


def _identified(layer: FlatLayer) -> gpd.GeoDataFrame:
    """The layer with its identifiers as the first column."""
    return layer.table.reset_index()


def _parquet_bytes(layer: FlatLayer) -> bytes:
    buffer = io.BytesIO()
    _identified(layer).to_parquet(buffer, index=False)
    return buffer.getvalue()


def _geopackage_bytes(layers: Mapping[str, FlatLayer]) -> bytes:
    import pyogrio  # noqa: PLC0415 (loads GDAL)

    kinds = {"zones": "MultiPolygon", "links": "LineString"}
    version = {"VERSION": "1.3"}  # which QGIS and GDAL of 2021 read, too
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN_AT})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "layers.gpkg"
            for name, layer in layers.items():
                pyogrio.write_dataframe(
                    _identified(layer),
                    path,
                    layer=name,
                    driver="GPKG",
                    geometry_type=kinds.get(name, "Point"),
                    promote_to_multi=name == "zones",
                    dataset_options=version,
                )
            styles = pd.DataFrame(style_rows(layers)).assign(update_time=_WRITTEN_AT)
            pyogrio.write_dataframe(styles, path, layer=STYLE_TABLE, driver="GPKG")
            return path.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _workbook_bytes(layers: Mapping[str, FlatLayer]) -> bytes:
    """Sheets in which a text is a text, whatever it begins with: GDAL writes no formula."""
    import pyogrio  # noqa: PLC0415 (loads GDAL)

    described = pd.DataFrame(
        [
            {"sheet": name, "column": column, "type": found.type, "unit": found.unit, "meaning": found.meaning}
            for name, layer in layers.items()
            for column, found in layer.fields.items()
        ]
    )
    sheets = {**{name: _plain(layer) for name, layer in layers.items()}, "columns": described}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.xlsx"
        for name, table in sheets.items():
            pyogrio.write_dataframe(table, path, layer=name, driver="XLSX", append=path.exists())
        return _without_times(path)


def _without_times(path: Path) -> bytes:
    """The archive anew with one time for all its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as written, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in written.namelist():
            archive.writestr(zipfile.ZipInfo(name), written.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
