"""The command that lists, checks and compares disclosure policies."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.policy_options import policy_of
from app.cli.render import entry, heading, screen, stopping_on_errors

_AGAINST_HELP = "A second policy, such as that of staff: show where the first one tells more than this one."


def policies(
    policy: Annotated[
        str | None, typer.Argument(help="A preset, or a file of JSON or TOML, which is checked: every problem at once.")
    ] = None,
    against: Annotated[str | None, typer.Option(help=_AGAINST_HELP)] = None,
    as_toml: Annotated[bool, typer.Option("--toml", help="Write it as TOML, to start a file of your own.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Write the form of a policy, as JSON Schema.")] = False,
) -> None:
    """List the disclosure policies that ship; write one in full, as JSON; check a file of one; compare two."""
    from clustering import InputError, json_bytes, policy_document, policy_schema, what_is_looser  # noqa: PLC0415
    from clustering import policy_toml as toml_of  # noqa: PLC0415

    with stopping_on_errors():
        if schema:
            screen.print_json(json_bytes(policy_schema()).decode(), highlight=False)
        elif policy is None:
            _list_presets()
        elif against is not None:
            if looser := what_is_looser(policy_of(policy), policy_of(against)):
                raise InputError(looser)
            screen.print("It tells no more than the second policy, nor do both together.")
        elif as_toml:
            screen.out(toml_of(policy_of(policy)), end="", highlight=False)
        else:
            screen.print_json(json_bytes(policy_document(policy_of(policy))).decode(), highlight=False)


def _list_presets() -> None:
    from clustering import policy_presets  # noqa: PLC0415

    heading("Disclosure policies that ship")
    for each in policy_presets():
        entry(f"{each.name}: {each.title}", each.source)
