"""The state's picture as one HTML page: read in a minute, printable, without scripts or requests to a server."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from clustering.capacity.picture.headlines import count_text, dollars_text
from clustering.capacity.picture.picture import StatePicture
from clustering.capacity.picture.served_schools import NO_DISTRICT
from clustering.model.plain_text import plain_text, school_year_text
from clustering.model.records import table_records
from clustering.outputs.capacity.charts import bar, cost_columns, longest_of
from clustering.outputs.capacity.picture_rows import largest_rows
from clustering.outputs.escaping import escape_for_html

PICTURE_CONTENT_SECURITY_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
_ROWS = 8
_STARTED = 12
_UNSERVED = 5
_TITLES = {"match": "Need and capacity", "year plan": "Need, capacity and cost by year"}


def draw_picture(picture: StatePicture, *, title: str | None = None) -> str:
    """
    Draw a state's picture as one HTML document.

    Parameters
    ----------
    picture
        As ``state_picture`` answers. What it hides the page cannot show.
    title
        Heading of the page.

    Returns
    -------
    document
        Complete HTML without scripts; nothing is ever requested. Serve it under ``PICTURE_CONTENT_SECURITY_POLICY``.
        The same picture gives the same document.
    """
    districts = largest_rows(
        _named_districts(picture.districts), ["schools", "students"], _ROWS, name="name", others="districts"
    )
    partners = largest_rows(picture.partners, ["schools"], _ROWS, name="name", others="partners")
    return _template().render(
        title=plain_text(title or _TITLES[picture.kind]),
        style=Markup(_file("picture.css")),  # noqa: S704 (ours)
        picture=picture,
        headlines=picture.headlines[1:],  # the first says what the large numbers say
        totals=dict(zip(picture.totals.index, table_records(picture.totals), strict=True)),
        supply=_supply(picture),
        districts=table_records(districts),
        longest_district=longest_of(districts, ["schools"]),
        levels=table_records(picture.levels),
        longest_level=longest_of(picture.levels, ["schools"]),
        partners=table_records(partners),
        falls=table_records(picture.falls),
        cost_chart=Markup(cost_columns(picture.falls)) if len(picture.falls) > 1 else None,  # noqa: S704 (numbers)
        has_budget=bool(picture.falls["budget_dollars"].notna().any()),
        cost_dollars=float(picture.falls["cost_dollars"].sum()),
        started=table_records(picture.started.head(_STARTED)),
        started_count=len(picture.started),
        unserved=table_records(picture.unserved.head(_UNSERVED)),
        unserved_count=len(picture.unserved),
    )


def _named_districts(districts: pd.DataFrame) -> pd.DataFrame:
    """Name each district by its name, or else by its id."""
    names = districts["district_name"].fillna(districts["district_id"])
    return districts.assign(name=names.where(districts["district_id"] != NO_DISTRICT, "No district known"))


def _supply(picture: StatePicture) -> dict[str, Any]:
    """Schools in need, schools that partners can take on, schools served: of the school year with most schools."""
    nothing = {"fall": None, "schools": 0, "schools_free": 0.0, "schools_eligible": 0.0}
    busiest = max(table_records(picture.falls), key=lambda fall: fall["schools"], default=nothing)
    need = table_records(picture.totals)[0]["schools"]
    return {
        "fall": busiest["fall"],
        "need": need,
        "eligible": busiest["schools_eligible"] or 0.0,
        "capacity": busiest["schools_free"] or 0.0,
        "served": busiest["schools"],
    }


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        # The one escaper in the place of Jinja's: names stay inert even in a document that is compiled again.
        escaped=lambda text: Markup(escape_for_html(str(text))),  # noqa: S704
        students=count_text,
        dollars=dollars_text,
        count=lambda value: "–" if value is None else f"{value:,.0f}",
        share=lambda value: "–" if value is None else f"{value:.0%}",
        rate=lambda value: "–" if value is None else f"{value:.0%}",
        year=lambda value: "not known" if value is None else school_year_text(int(value)),
    )
    environment.globals["bar"] = lambda part, whole, longest: Markup(bar(float(part or 0), float(whole or 0), longest))  # noqa: S704
    return environment.from_string(_file("picture.html"))


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
