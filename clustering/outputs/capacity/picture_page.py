"""The state's picture as one HTML page: read in a minute, printable, without scripts or requests to a server."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from clustering.capacity.picture.headlines import count_text, dollars_text, school_year
from clustering.capacity.picture.picture import StatePicture
from clustering.capacity.picture.served_schools import NO_DISTRICT
from clustering.model.plain_text import plain_text
from clustering.outputs.capacity.charts import bar, cost_columns, longest_of
from clustering.outputs.capacity.picture_rows import largest_rows
from clustering.outputs.escaping import escape_for_html

PICTURE_CONTENT_SECURITY_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
_ROWS = 8
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
        totals={part: _plain(row) for part, row in picture.totals.iterrows()},
        supply=_supply(picture),
        districts=_records(districts),
        longest_district=longest_of(districts, ["schools"]),
        levels=_records(picture.levels),
        longest_level=longest_of(picture.levels, ["schools"]),
        partners=_records(partners),
        falls=_records(picture.falls),
        cost_chart=Markup(cost_columns(picture.falls)) if len(picture.falls) > 1 else None,  # noqa: S704 (numbers)
        has_budget=bool(picture.falls["budget_dollars"].notna().any()),
        cost_dollars=float(picture.falls["cost_dollars"].sum()),
        unserved=_records(picture.unserved.head(_UNSERVED)),
        unserved_count=len(picture.unserved),
    )


def _named_districts(districts: pd.DataFrame) -> pd.DataFrame:
    """Name each district by its name, or else by its id."""
    names = districts["district_name"].fillna(districts["district_id"])
    return districts.assign(name=names.where(districts["district_id"] != NO_DISTRICT, "No district known"))


def _supply(picture: StatePicture) -> dict[str, float | None]:
    """Schools in need, schools that partners can take on, schools served: of the school year with most schools."""
    falls = picture.falls
    nothing = pd.Series({"fall": pd.NA, "schools": 0, "schools_free": 0})
    busiest = falls.loc[falls["schools"].idxmax()] if len(falls) else nothing
    return {
        "fall": None if pd.isna(busiest["fall"]) else float(busiest["fall"]),
        "need": float(picture.totals.loc["all", "schools"]),
        "capacity": float(busiest["schools_free"]),
        "served": float(busiest["schools"]),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [_plain(row) for _, row in table.iterrows()]


def _plain(row: pd.Series) -> dict[str, Any]:
    """Values of a row for the template; missing is ``None``."""
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        # The one escaper in the place of Jinja's: names stay inert even in a document that is compiled again.
        escaped=lambda text: Markup(escape_for_html(str(text))),  # noqa: S704
        students=lambda value: "–" if value is None else count_text(value),
        dollars=lambda value: "–" if value is None else dollars_text(value),
        count=lambda value: "–" if value is None else f"{value:,.0f}",
        share=lambda value: "–" if value is None else f"{value:.0%}",
        rate=lambda value: "–" if value is None else f"{value:.0%}",
        year=lambda value: "not known" if value is None else school_year(int(value)),
    )
    environment.globals["bar"] = lambda part, whole, longest: Markup(bar(float(part or 0), float(whole or 0), longest))  # noqa: S704
    return environment.from_string(_file("picture.html"))


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
