"""The command that protects a table of exact counts which its owner wants to publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Encoding, Read, Set
from app.cli.render import entry, heading, progress_bar, show_written, stopping_on_errors
from clustering import parse_file_options, split_settings, write_package

if TYPE_CHECKING:
    from clustering import SuppressedTable

# The command imports the library of suppression itself, so that no other command waits for it.


def suppress_table(
    flows: Annotated[
        Path,
        typer.Argument(
            help="A table of exact counts: origin, destination and students in each row. A blank destination is"
            " students who left, a blank origin students from elsewhere."
        ),
    ],
    read: Read = None,
    encoding: Encoding = None,
    own_settings: Set = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the protected table, its hidden cells and the report.")
    ] = None,
) -> None:
    """Hide small counts of a table of flows, and others so that totals do not give them away."""
    import clustering  # noqa: PLC0415

    with stopping_on_errors():
        settings: dict[str, Any] = split_settings(own_settings or [])
        parameters = clustering.SuppressionParameters(**settings)
        with progress_bar() as progress:
            progress("Reading", 0.0)
            table = clustering.read_exact_flows(flows, options=parse_file_options(read or []), encoding=encoding)
            progress("Choosing cells", 0.3)
            suppressed = clustering.suppress_table(table, parameters)
            contents = clustering.render_suppressed_table(suppressed)
        written = [] if out is None else write_package(contents, out, name="protected-flows", title="Protected flows")
        _show(suppressed)
        show_written(written)


def _show(suppressed: SuppressedTable) -> None:
    """Show numbers to whoever holds the exact table; some are not for publication."""
    hidden, cells = len(suppressed.intervals), len(suppressed.table)
    heading("Protected table")
    entry(f"{cells - hidden:,} of {cells:,} cells are published, {hidden:,} are hidden.")
    if suppressed.narrow_cells:
        entry(f"{suppressed.narrow_cells:,} small cells have totals too small for all values from 1 to the minimum.")
    if suppressed.listed_pairs:
        entry(f"{suppressed.listed_pairs:,} pairs without students were added. Check that each of them is plausible.")
    heading("Not for publication: this says how many hidden cells are small")
    proof = "no choice costs less" if suppressed.is_optimal else f"the least cost is at least {suppressed.bound:,.0f}"
    if suppressed.method == "modular":
        proof = "chosen block by block, without a proof"
    entry(
        f"{suppressed.small_cells:,} small cells, and {suppressed.further_cells:,} further cells with"
        f" {suppressed.further_students:,} students.",
        f"Cost in {suppressed.parameters.cost}: {suppressed.cost:,.0f} ({proof}).",
    )


SUPPRESSION_COMMANDS = {"suppress-table": suppress_table}
