"""Bars and columns as inline SVG. Only numbers and our own words enter; every figure has a table beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from clustering.capacity.picture.headlines import dollars_text
from clustering.model.plain_text import school_year_text

_WIDTH, _HEIGHT, _FOOT, _LEFT = 620, 190, 22, 4
_BARS_AT_MOST_WIDE = 90
_LABEL_HEIGHT = 30


def bar(part: float, whole: float, longest: float) -> str:
    """
    Draw a part of a whole, beside the number that says the same.

    Parameters
    ----------
    part, whole
        The filled part, and the whole bar.
    longest
        The whole that is as long as there is room.

    Returns
    -------
    svg
        Hidden from screen readers, which have the numbers; empty where there is nothing to draw.
    """
    if not longest > 0 or not whole > 0:
        return ""
    ends = [min(100.0, 100 * max(0.0, each) / longest) for each in (whole, 0.0 if math.isnan(part) else part)]
    return (
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="whole" width="{ends[0]:.2f}" height="8"/><rect class="part" width="{ends[1]:.2f}" height="8"/>'
        "</svg>"
    )


def cost_columns(falls: pd.DataFrame) -> str:
    """
    Draw the cost of every school year, with its budget as a line.

    Parameters
    ----------
    falls
        As ``StatePicture.falls``, two school years at least.

    Returns
    -------
    svg
        An image whose text alternative names every cost.
    """
    costs = falls["cost_dollars"].fillna(0.0).to_list()
    budgets = falls["budget_dollars"].to_list()
    top = max([*costs, *(each for each in budgets if not math.isnan(each))], default=0.0) or 1.0
    years = [school_year_text(int(fall)) for fall in falls["fall"]]
    step = (_WIDTH - 2 * _LEFT) / len(years)
    columns = [
        _column(number, cost, budget, top=top, step=step, year=year)
        for number, (cost, budget, year) in enumerate(zip(costs, budgets, years, strict=True))
    ]
    costs_by_year = "; ".join(f"{year} {dollars_text(cost)}" for year, cost in zip(years, costs, strict=True))
    limit = " A dark line is the budget." if any(not math.isnan(each) for each in budgets) else ""
    return (
        f'<svg class="columns-chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Cost by school year:'
        f' {costs_by_year}.{limit}">{"".join(columns)}</svg>'
    )


def _column(number: int, cost: float, budget: float, *, top: float, step: float, year: str) -> str:
    plot_height = _HEIGHT - 2 * _FOOT
    width = min(_BARS_AT_MOST_WIDE, 0.7 * step)
    middle = _LEFT + (number + 0.5) * step
    height = plot_height * cost / top
    y = _FOOT + plot_height - height
    parts = [
        f'<rect class="part" x="{middle - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>',
        _label(cost, middle, y, height),
        f'<text x="{middle:.1f}" y="{_HEIGHT - 6}">{year}</text>',
    ]
    if not math.isnan(budget):
        level = _FOOT + plot_height * (1 - budget / top)
        ends = middle - 0.42 * step, middle + 0.42 * step
        parts.append(f'<path class="limit" d="M{ends[0]:.1f} {level:.1f}H{ends[1]:.1f}"/>')
    return "".join(parts)


def _label(cost: float, middle: float, y: float, height: float) -> str:
    """The cost, inside its column where there is room: above, the line of the budget may run through it."""
    is_inside = height >= _LABEL_HEIGHT
    position = f'class="inside" x="{middle:.1f}" y="{y + 20:.1f}"' if is_inside else f'x="{middle:.1f}" y="{y - 5:.1f}"'
    return f"<text {position}>{_short_dollars(cost)}</text>"


def _short_dollars(dollars: float) -> str:
    return f"${dollars / 1e6:,.1f}M" if dollars >= 1e6 else f"${dollars:,.0f}"


def longest_of(table: pd.DataFrame, columns: Sequence[str]) -> float:
    """The greatest number in some columns; 0 where there is none."""
    greatest = table[list(columns)].max(numeric_only=True).max() if len(table) else 0.0
    return 0.0 if pd.isna(greatest) else float(greatest)
