"""
Pages of features: a layer whose features are written once, and of which any part is then picked.

All features are one buffer of Arrow. A page is pieces of it, one after another, so that reading one costs next to
nothing however often it is read; columns and bounds are kept as arrays, by which a filter picks rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from clustering.errors import InputError, Problem
from clustering.model.validation_errors import did_you_mean, shown_value
from clustering.outputs.column_descriptions import ColumnDescription
from clustering.outputs.flat_layers import FlatLayer
from clustering.outputs.tables import feature_texts

_WORDS = {"true": 1.0, "1": 1.0, "false": 0.0, "0": 0.0}
_BYTES_PER_GEOMETRY = 250  # of a line or a point in memory, about


@dataclass(frozen=True, kw_only=True)
class FeaturePage:
    """
    Some features of a layer.

    Parameters
    ----------
    features
        UTF-8, features of GeoJSON with commas between them.
    matched
        How many features fit the filters, on this page or not.
    returned
        How many are on this page.
    last
        Identifier of the last feature of this page if more follow; else ``None``.
    """

    features: bytes
    matched: int
    returned: int
    last: str | None


@dataclass(frozen=True, kw_only=True, eq=False)
class IndexedLayer:
    """
    A layer from which pages are read.

    Parameters
    ----------
    name, title
        As of its :class:`~clustering.FlatLayer`.
    fields
        What each column holds.
    is_exact
        Whether it holds exact counts of students.
    extent
        West, south, east, north [degrees, WGS 84]; ``None`` if no feature has a geometry.
    size
        What it takes in memory, about [bytes].
    """

    name: str
    title: str
    fields: Mapping[str, ColumnDescription]
    is_exact: bool
    extent: tuple[float, ...] | None
    size: int
    _texts: pa.LargeStringArray
    _rows: Mapping[str, int]
    _identifiers: Sequence[str]
    _columns: Mapping[str, np.ndarray]
    _geometry: np.ndarray

    def __len__(self) -> int:
        return len(self._identifiers)

    def feature(self, feature_id: str) -> bytes | None:
        """One feature as GeoJSON in UTF-8; ``None`` if there is no such feature."""
        row = self._rows.get(feature_id)
        return None if row is None else self._texts[row].as_buffer().to_pybytes()

    def page(
        self,
        *,
        limit: int,
        after: str | None = None,
        bbox: Sequence[float] | None = None,
        equal: Mapping[str, str] | None = None,
        properties: Collection[str] | None = None,
    ) -> FeaturePage:
        """
        Read a page.

        Parameters
        ----------
        limit
            Most features.
        after
            Identifier of the last feature of the page before; ``None`` for the first page.
        bbox
            West, south, east, north [degrees, WGS 84]: features whose geometry meets it, edges included. A west
            that is more than the east is a box across the antimeridian.
        equal
            Column to the value that it must have, as text.
        properties
            The columns that are wanted; ``None`` for all.

        Returns
        -------
        page
            In the order of the layer.

        Raises
        ------
        InputError
            There is no such column or feature, or a value is not of the column's type.
        """
        self._refuse_unknown((*(equal or {}), *(properties or ())))
        rows = self._select(bbox, equal or {})
        start = 0 if after is None else int(np.searchsorted(rows, self._row(after), side="right"))
        shown = rows[start : start + limit]
        last = self._identifiers[shown[-1]] if len(shown) and start + limit < len(rows) else None
        texts = [self._texts[row].as_buffer().to_pybytes() for row in shown.tolist()]
        if properties is not None:
            texts = [_with_properties(text, properties) for text in texts]
        return FeaturePage(features=b",".join(texts), matched=len(rows), returned=len(shown), last=last)

    def _row(self, feature_id: str) -> int:
        if feature_id not in self._rows:
            raise _refusal("after", feature_id, "There is no such feature.", "Follow the link next of a page.")
        return self._rows[feature_id]

    def _refuse_unknown(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self.fields:
                remedy = f"{did_you_mean(name, self.fields)}Known: {', '.join(self.fields)}."
                raise _refusal(name, name, "There is no such property.", remedy)

    def _select(self, bbox: Sequence[float] | None, equal: Mapping[str, str]) -> np.ndarray:
        """Rows that fit, in order."""
        fits = np.ones(len(self), dtype=bool)
        for name, text in equal.items():
            fits &= self._columns[name] == self._value(name, text)
        rows = np.flatnonzero(fits)
        return rows if bbox is None else rows[_meets(self._geometry[rows], bbox)]

    def _value(self, name: str, text: str) -> str | float:
        """A value of a filter in the type of its column."""
        kind = self.fields[name].type
        if kind == "boolean":
            if (known := _WORDS.get(text.lower())) is None:
                raise _refusal(name, text, "The property is true or false.", "Give true or false.")
            return known
        if kind not in ("number", "integer"):
            return text
        try:
            return float(text)
        except ValueError:
            raise _refusal(name, text, "The property is a number.", "Give a number, such as 12.5.") from None


def index_layer(layer: FlatLayer) -> IndexedLayer:
    """
    Write the features of a layer, so that pages can be read.

    Parameters
    ----------
    layer
        Of :func:`~clustering.proposal_layers` or :func:`~clustering.schools_layer`.

    Returns
    -------
    indexed
        The same features in the same order.
    """
    geometry = np.asarray(layer.table.geometry.array, dtype=object)
    plain = pd.DataFrame(layer.table.drop(columns="geometry"))
    written = np.asarray(shapely.to_geojson(geometry), dtype=object)
    texts = feature_texts(plain, written.tolist())
    extent = shapely.total_bounds(geometry) if len(geometry) else np.full(4, np.nan)
    identifiers = [str(each) for each in layer.table.index]
    columns = {str(name): _comparable(column) for name, column in plain.items()}
    return IndexedLayer(
        name=layer.name,
        title=layer.title,
        fields=layer.fields,
        is_exact=layer.is_exact,
        extent=tuple(extent.tolist()) if np.isfinite(extent).all() else None,
        size=texts.nbytes + len(plain) * (_BYTES_PER_GEOMETRY + 24 * len(columns)),
        _texts=texts,
        _rows={each: row for row, each in enumerate(identifiers)},
        _identifiers=identifiers,
        _columns=columns,
        _geometry=geometry,
    )


def _comparable(column: pd.Series) -> np.ndarray:
    """Numbers and booleans as floating-point numbers, which compare fast; missing equals nothing."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return column.to_numpy(dtype=object)


def _meets(geometry: np.ndarray, bbox: Sequence[float]) -> np.ndarray:
    """Which geometries meet a box; one across the antimeridian is two boxes."""
    west, south, east, north = bbox
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    meets = np.zeros(len(geometry), dtype=bool)
    for first, last in spans:
        meets |= shapely.intersects(geometry, shapely.box(first, south, last, north))
    return meets


def _with_properties(feature: bytes, names: Collection[str]) -> bytes:
    """The feature with fewer properties; the mark of exact counts stays."""
    content = json.loads(feature)
    kept = {name: value for name, value in content["properties"].items() if name in names or name == "not_for_release"}
    return json.dumps({**content, "properties": kept}, ensure_ascii=False, separators=(",", ":")).encode()


def _refusal(column: str, value: str, message: str, remedy: str) -> InputError:
    problem = Problem(table="request", column=column[:200], value=shown_value(value), message=message, remedy=remedy)
    return InputError([problem])
