"""The command for checklists of conditions: those that ship, and one of a state's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from app.cli.render import entry, heading, screen, stopping_on_errors


def checklists(
    checklist: Annotated[
        str | None, typer.Argument(help="One that ships, or a file (CSV, XLSX, JSON): it is read and shown.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write it in full, as JSON.")] = False,
) -> None:
    """List the checklists of conditions that ship, or show one; a file is checked, with every problem at once."""
    from clustering import checklist_document, json_bytes, list_checklists, read_checklist  # noqa: PLC0415

    with stopping_on_errors():
        if checklist is None:
            heading("Checklists that ship")
            for each in list_checklists():
                required = sum(item.required for item in each.items)
                entry(f"{each.checklist_id}: {each.title}", f"{len(each.items)} items, {required} required.")
            return
        document = checklist_document(read_checklist(checklist))
        if as_json:
            screen.print_json(json_bytes(document).decode(), highlight=False)
        else:
            _show(document)


def _show(document: Mapping[str, Any]) -> None:
    heading(document["title"])
    for item in document["items"]:
        required = "required" if item["required"] else "not required"
        entry(f"{item['item_id']} ({item['area']}, {required}): {item['title']}", *filter(None, [item["asks"]]))
