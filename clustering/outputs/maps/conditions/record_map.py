"""The map of records: Zones coloured by stage, with the same in a table below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import shapely

from clustering.conditions.progress.evaluation import Progress
from clustering.conditions.readiness.evaluation import Readiness
from clustering.conditions.record.life import STAGES
from clustering.conditions.record.record import ZoneRecord
from clustering.outputs.escaping import escape_for_html
from clustering.outputs.maps.conditions.record_texts import RecordTexts, describe_records
from clustering.outputs.maps.zone_page import ZonePage, draw_zone_page, zone_cell
from clustering.outputs.release_mark import MARK_OF_PAGES

# Each dark enough for an outline on white; apart for eyes that see fewer colours.
STAGE_COLOURS: Mapping[str, str] = {
    "proposed": "#56B4E9",
    "designated": "#0072B2",
    "protected": "#009E73",
    "under review": "#D55E00",
    "ended": "#8a8f98",
}
_HEADINGS = (
    *(("Zone", ""), ("Stage", ""), ("Missing for protected", ""), ("Lead Partner", "")),
    *(("Contract until", ""), ("Next review", "")),
)
_EMPTY = "No Zone has an outline, so the map is empty. The table below is complete."
_NOTE_MISSING = (
    "Missing: required conditions of the record's checklist that are neither agreed nor in force on the day."
)
_NOTE_EVIDENCE = "Readiness and progress are those of the evaluations that the map was made with."


def draw_record_map(
    records: Iterable[ZoneRecord],
    *,
    today: date,
    readiness: Readiness | None = None,
    progress: Progress | None = None,
    title: str | None = None,
) -> str:
    """
    Draw the Zones of records as one HTML document.

    Parameters
    ----------
    records
        Any number; Zones without an outline are in the table alone.
    today
        The day to tell it for.
    readiness, progress
        As for ``render_records``.
    title
        Heading of the page.

    Returns
    -------
    document
        Complete HTML that requests nothing. Serve it under ``MAP_CONTENT_SECURITY_POLICY``. The same records give the
        same document.

    Raises
    ------
    FileNotFoundError
        The browser assets were not installed; the message says how to.
    """
    # Folium is slow to load: whoever draws nothing need not wait for it.
    from clustering.outputs.maps.conditions.record_layers import corners_of_outlines, draw_records  # noqa: PLC0415

    listed = list(records)
    texts = describe_records(listed, today=today, readiness=readiness, progress=progress)
    outlines = [_outline(record) for record in listed]
    counts = {stage: sum(text.row["stage"] == stage for text in texts) for stage in STAGES}
    stages = ", ".join(f"{count:,} {stage}" for stage, count in counts.items() if count)
    has_evidence = readiness is not None or progress is not None
    corners = corners_of_outlines(outlines)
    page = ZonePage(
        title=title or "Zones by stage",
        headline=f"{len(listed):,} Zone{'' if len(listed) == 1 else 's'} on {today.isoformat()}"
        + (f": {stages}." if stages else "."),
        caption="A row per record. Missing: required conditions that are neither agreed nor in force.",
        warnings=[_EMPTY] if corners is None else [],
        is_exact=progress is not None and progress.parameters.disclosure == "exact",
        headings=(*_HEADINGS, *([("Readiness and progress", "tall")] if has_evidence else [])),
        rows="\n".join(
            _row(text, outline, has_evidence=has_evidence) for text, outline in zip(texts, outlines, strict=True)
        ),
        legend=[(stage, STAGE_COLOURS[stage]) for stage in STAGES if counts[stage]],
        notes=_notes(progress, has_evidence=has_evidence),
        corners=corners,
    )
    return draw_zone_page(page, draw_records(texts, outlines))


def _outline(record: ZoneRecord) -> shapely.Geometry | None:
    """The outline in two dimensions; ``None`` without one, or if nothing of it can be drawn."""
    if record.zone.outline is None:
        return None
    outline = shapely.force_2d(shapely.geometry.shape(record.zone.outline))
    return None if outline.is_empty else outline


def _warnings(progress: Progress | None, *, is_empty: bool) -> Sequence[str]:
    is_exact = progress is not None and progress.parameters.disclosure == "exact"
    empty = "No Zone has an outline, so the map is empty. The table below is complete."
    return (
        *([f"<strong>{MARK_OF_PAGES}</strong>"] if is_exact else []),
        *([empty] if is_empty else []),
    )


def _notes(progress: Progress | None, *, has_evidence: bool) -> Sequence[str]:
    return (
        _NOTE_MISSING,
        *([_NOTE_EVIDENCE] if has_evidence else []),
        *(progress.notes if progress is not None else ()),
    )


def _row(text: RecordTexts, outline: shapely.Geometry | None, *, has_evidence: bool) -> str:
    stage = text.row["stage"]
    exception = "<br><small>by exception</small>" if text.row["exception"] else ""
    cells = (
        zone_cell(escape_for_html(text.row["name"]), STAGE_COLOURS[stage], outline),
        f"<td>{stage}{exception}</td>",
        _missing_cell(text, has_evidence=has_evidence),
        f'<td class="zone">{escape_for_html(text.partner)}</td>',
        f'<td class="start">{escape_for_html(text.ends_on)}</td>',
        f'<td class="start">{escape_for_html(text.review_on)}</td>',
        *([f'<td class="tall">{"<br>".join(map(escape_for_html, text.evidence)) or "–"}</td>'] if has_evidence else []),
    )
    return f"<tr>{''.join(cells)}</tr>"


def _missing_cell(text: RecordTexts, *, has_evidence: bool) -> str:
    """What is missing; beside another wide column a tower of lines, and so only the count until it is opened."""
    missing, count = escape_for_html(text.missing), text.row["missing_count"]
    if not has_evidence or not count:
        return f'<td class="{"zone" if has_evidence else "why"}">{missing}</td>'
    noun = "condition" if count == 1 else "conditions"
    names = escape_for_html(text.row["missing"])
    return f'<td class="zone"><details><summary>{count} {noun}</summary>{names}</details></td>'
