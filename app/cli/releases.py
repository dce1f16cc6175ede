"""The command that releases proposals from files to the public, on the record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import POLICY_OPTIONS, Inputs, with_inputs
from app.cli.policy_options import NOISE, key_of, policy_of
from app.cli.render import progress_bar, screen, show_written, stopping_on_errors
from clustering import InputError, Problem

if TYPE_CHECKING:
    from clustering import Release


@partial(with_inputs, without=POLICY_OPTIONS)
def release(
    inputs: Inputs,
    by: Annotated[str, typer.Option(help="Who releases it; for the ledger.")],
    why: Annotated[str, typer.Option(help="For which reason; for the ledger.")],
    out: Annotated[Path, typer.Option(help="Folder for the files to release: the proposal, and the report.")],
    ledger: Annotated[Path, typer.Option(help="File to which a line of JSON about the release is added. Keep it.")],
    title: Annotated[str, typer.Option(help="By which readers know the release.")] = "Proposed Zones",
    policy: Annotated[
        str, typer.Option(help="Name of a policy (zones policies), or a file of one (.toml, .json).")
    ] = "standard",
    key_file: Annotated[
        Path | None,
        typer.Option(help="File with the secret of the noise, made if it is not there. Keep it. No noise without it."),
    ] = None,
) -> None:
    """Release a proposal to the public: protected, audited, with a report of what is hidden."""
    with stopping_on_errors():
        from clustering import make_release, write_release  # noqa: PLC0415

        _refuse_without_reason(by, why)
        parameters = inputs.parameters()
        own = policy_of(policy)
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario = inputs.scenario()
            on = datetime.now(UTC)
            key = None if key_file is None else key_of(key_file)
            request: dict[str, Any] = {"policy": own, "title": title, "on": on.date(), "key": key}
            made = make_release(scenario, [parameters], **request, progress=progress)
        written = write_release(made, out)
        _add_to_ledger(ledger, made, by=by, why=why, at=on)
        screen.print(_hidden_by(made.report))
        if key is None and NOISE in own.methods:
            screen.print("Noise was not tried, though the policy allows it: give a key with --key-file.")
        show_written([*written, ledger])


def _hidden_by(report: Mapping[str, Any]) -> str:
    hidden = report["hidden"]
    return (
        f"By the policy {report['policy']['name']} (method: {report['method']}), {hidden['hidden_cells']:,} of"
        f" {hidden['cells']:,} counts of students are hidden."
    )


def _refuse_without_reason(by: str, why: str) -> None:
    problems = [
        Problem(table="release", column=name, message="This is blank.", remedy="Give it: the ledger keeps it.")
        for name, text in (("by", by), ("why", why))
        if not text.strip()
    ]
    if problems:
        raise InputError(problems)


def _add_to_ledger(path: Path, made: Release, *, by: str, why: str, at: datetime) -> None:
    row = {"at": at.isoformat(timespec="seconds"), "act": "released", "by": by, "why": why, "report": made.report}
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row, ensure_ascii=False) + "\n")


RELEASE_COMMANDS = {"release": release}
