"""The list of parameters below the options of commands that take ``--set``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand

from app.cli.capacity_analyses import MATCH_ANALYSIS_COMMANDS, YEAR_PLAN_ANALYSIS_COMMANDS
from app.cli.render import screen
from clustering import parameter_schema

# Commands with parameters of their own, and the public name of these.
OWN_PARAMETERS = {
    **dict.fromkeys(["match", *MATCH_ANALYSIS_COMMANDS], "MatchParameters"),
    **dict.fromkeys(["plan-years", *YEAR_PLAN_ANALYSIS_COMMANDS], "PlanYearsParameters"),
    "suppress-table": "SuppressionParameters",
}


class ListsParameters(TyperCommand):
    """A command whose help ends with the parameters that ``--set`` takes, if it has that option."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of the command, then the list."""
        super().format_help(ctx, formatter)
        if any("--set" in each.opts for each in self.params):
            screen.print(_table(_parameters_of(self.name)))


def _parameters_of(command: str | None) -> dict[str, Any]:
    """The schema of what ``--set`` sets; others than that of Zones are imported by their own commands alone."""
    if command not in OWN_PARAMETERS:
        return parameter_schema()
    import clustering  # noqa: PLC0415

    return parameter_schema(getattr(clustering, OWN_PARAMETERS[command]))


def _table(schema: Mapping[str, Any]) -> Table:
    table = Table(title="Parameters, as --set name=value", title_justify="left", box=None, pad_edge=False)
    table.add_column("name and default")
    table.add_column("meaning")
    for name, field in schema["properties"].items():
        table.add_row(Text(f"{name}\n  {_default(name, field)}"), Text(f"{field['description']}{_accepted(field)}"))
    return table


def _default(name: str, field: Mapping[str, Any]) -> str:
    """The default with its unit, as it would be written after ``--set``."""
    value = field["default"]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return f"{value:g} {field.get('unit', '')}".strip()
    if isinstance(value, list) and value:
        return ",".join(map(str, value))
    nothing = "all" if name in ("years", "levels") else "none"
    return str(value or nothing) + (f" ({field['unit']})" if "unit" in field else "")


def _accepted(field: Mapping[str, Any]) -> str:
    """The bounds of a number, or of the numbers of a list, and the choices of the texts of a list."""
    entries = field.get("items", {})
    if "enum" in entries:
        return f" Any of {', '.join(entries['enum'])}."
    for kind in field.get("anyOf", [entries or field]):
        if "minimum" in kind and "maximum" in kind:
            return f" From {kind['minimum']:,.10g} to {kind['maximum']:,.10g}."
    return ""
