"""The command that releases proposals from files to the public, on the record."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Inputs, with_inputs
from app.cli.render import progress_bar, show_written, stopping_on_errors
from clustering import InputError, Problem

if TYPE_CHECKING:
    from clustering import Release

_KEY_BYTES = 32


@with_inputs
def release(
    inputs: Inputs,
    by: Annotated[str, typer.Option(help="Who releases it; for the ledger.")],
    why: Annotated[str, typer.Option(help="For which reason; for the ledger.")],
    out: Annotated[Path, typer.Option(help="Folder for what leaves: the proposal, and the report of the release.")],
    ledger: Annotated[Path, typer.Option(help="File to which the release is added, a line of JSON; keep it.")],
    title: Annotated[str, typer.Option(help="By which readers know the release.")] = "Proposed Zones",
    policy: Annotated[str, typer.Option(help="Name of a policy (zones policies), or a file of one.")] = "standard",
    key_file: Annotated[
        Path | None, typer.Option(help="Secret of the noise, made if it is not there. Keep it for the next release.")
    ] = None,
) -> None:
    """Release a proposal to the public: protected, audited, with a report of what is hidden."""
    with stopping_on_errors():
        from clustering import make_release, parse_policy, write_release  # noqa: PLC0415

        _refuse_without_reason(by, why)
        parameters = inputs.parameters()
        own = parse_policy(Path(policy) if Path(policy).is_file() else policy)
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario = inputs.scenario()
            on = datetime.now(UTC)
            key = None if key_file is None else _key_of(key_file)
            request: dict[str, Any] = {"policy": own, "title": title, "on": on.date(), "key": key}
            made = make_release(scenario, [parameters], **request, progress=progress)
        written = write_release(made, out)
        _add_to_ledger(ledger, made, by=by, why=why, at=on)
        show_written([*written, ledger])


def _refuse_without_reason(by: str, why: str) -> None:
    problems = [
        Problem(table="release", column=name, message="This is blank.", remedy="Say it: the ledger keeps it.")
        for name, text in (("by", by), ("why", why))
        if not text.strip()
    ]
    if problems:
        raise InputError(problems)


def _key_of(path: Path) -> bytes:
    """The secret in a file; a new one for this user alone if there is no such file."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(_KEY_BYTES), encoding="ascii")
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        remedy = "Name the file that was made for this, or one that is not there."
        raise InputError([Problem(table=path.name, message="This is no secret.", remedy=remedy)]) from None


def _add_to_ledger(path: Path, made: Release, *, by: str, why: str, at: datetime) -> None:
    row = {"at": at.isoformat(timespec="seconds"), "act": "released", "by": by, "why": why, "report": made.report}
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row, ensure_ascii=False) + "\n")


RELEASE_COMMANDS = {"release": release}
