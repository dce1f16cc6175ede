"""
How QGIS draws the layers of a GeoPackage: rows of its table ``layer_styles``.

The colours are those of Okabe and Ito, which people who see few colours tell apart; anchors and feeders differ in shape
and size, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

STYLE_TABLE = "layer_styles"

_SKY, _ORANGE, _BLUE, _GREY = "86,180,233,255", "213,94,0,255", "0,114,178,255", "90,90,90,255"
_FILL = {"color": "86,180,233,60", "outline_color": _BLUE, "outline_width": "0.6", "outline_width_unit": "MM"}
_LINE = {"line_color": "90,90,90,140", "line_width": "0.3", "line_width_unit": "MM"}
_ROLES = {
    "anchor": {"name": "star", "color": _ORANGE, "size": "4.5", "outline_color": _GREY},
    "feeder": {"name": "circle", "color": _SKY, "size": "2.6", "outline_color": _GREY},
}


def style_rows(layers: Iterable[str]) -> list[dict[str, Any]]:
    """
    Write the styles of layers.

    Parameters
    ----------
    layers
        Names of layers; one that has no style is left out.

    Returns
    -------
    rows
        Of ``layer_styles``, as QGIS reads them from a GeoPackage; each is the default of its layer.
    """
    return [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": name,
            "f_geometry_column": "geom",
            "styleName": name,
            "styleQML": _STYLES[name],
            "styleSLD": "",
            "useAsDefault": True,
            "description": "",
            "owner": "",
            "ui": "",
        }
        for name in layers
        if name in _STYLES
    ]


def _document(renderer: str) -> str:
    kind = '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">'
    return f'{kind}<qgis styleCategories="Symbology">{renderer}</qgis>'


def _symbol(name: str, kind: str, layer: str, properties: Mapping[str, str]) -> str:
    pairs = [(quoteattr(key), quoteattr(value)) for key, value in properties.items()]
    # QGIS up to 3.16 reads <prop>, later versions the map of options.
    options = "".join(f'<Option name={key} type="QString" value={value}/>' for key, value in pairs)
    older = "".join(f"<prop k={key} v={value}/>" for key, value in pairs)
    content = f'<layer class="{layer}" enabled="1" pass="0"><Option type="Map">{options}</Option>{older}</layer>'
    return f'<symbol name="{name}" type="{kind}" alpha="1">{content}</symbol>'


def _single(kind: str, layer: str, properties: Mapping[str, str]) -> str:
    symbols = f"<symbols>{_symbol('0', kind, layer, properties)}</symbols>"
    return _document(f'<renderer-v2 type="singleSymbol">{symbols}</renderer-v2>')


def _by_role() -> str:
    categories = "".join(
        f'<category symbol="{number}" value="{role}" label="{role}" render="true"/>'
        for number, role in enumerate(_ROLES)
    )
    symbols = "".join(
        _symbol(str(number), "marker", "SimpleMarker", properties) for number, properties in enumerate(_ROLES.values())
    )
    content = f"<categories>{categories}</categories><symbols>{symbols}</symbols>"
    return _document(f'<renderer-v2 type="categorizedSymbol" attr="role">{content}</renderer-v2>')


_STYLES = {
    "zones": _single("fill", "SimpleFill", _FILL),
    "zone-schools": _by_role(),
    "links": _single("line", "SimpleLine", _LINE),
}
