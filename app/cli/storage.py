"""The commands that look after what a service stores: back it up, restore it, check it, and remove what is old."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from app.cli.read_settings import read_settings
from app.cli.render import messages, plain, screen, stopping_on_errors

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

# Codes of PostgreSQL (its documentation: appendix A, Error Codes).
_UNDEFINED_TABLE, _INSUFFICIENT_PRIVILEGE = "42P01", "42501"

# What only these commands need is imported by them: no other command has to wait for the database's libraries.


@contextmanager
def stopping_on_faults() -> Iterator[None]:
    """End the command with a sentence and exit code 1 where the database or its files cannot be used."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    from app.errors import ServiceError  # noqa: PLC0415
    from app.storage_errors import explained  # noqa: PLC0415

    with stopping_on_errors():
        try:
            with explained():
                yield
        except DBAPIError as error:
            if not (refusal := _refusal(error)):
                raise
            _stop(refusal)
        except ServiceError as error:
            cause = error.__cause__
            _stop((_refusal(cause) if isinstance(cause, DBAPIError) else "") or str(error))
        except ValueError as error:
            _stop(str(error))


def person_at_the_command_line() -> str:
    """Who runs a command, as the audit trail names them."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):  # a container may run as a user without a name
        return "command line"


def _stop(words: str) -> NoReturn:
    messages.print(plain(words), style="bold red", soft_wrap=True)
    raise typer.Exit(1) from None


def _refusal(error: DBAPIError) -> str:
    """Say what somebody who looks after the database can do about an error; blank if it is no such error."""
    import sqlite3  # noqa: PLC0415

    from app.storage_errors import kind_of_fault  # noqa: PLC0415

    code = getattr(error.orig, "sqlstate", None) or ""
    reason = (str(error.orig).strip().splitlines() or [""])[0]
    if "CREATE EXTENSION" in (error.statement or ""):
        return (
            f"The database has no PostGIS ({reason}). Run CREATE EXTENSION postgis in it as an administrator, then try"
            " again."
        )
    if code == _UNDEFINED_TABLE or reason.startswith("no such table"):
        return "The database has no tables of the service. Name another (FEEDER_ZONES_DATABASE), or run zones restore."
    if code == _INSUFFICIENT_PRIVILEGE:
        return f"The role of FEEDER_ZONES_DATABASE may not do this: {reason}."
    if kind_of_fault(error) == "unreachable":
        if isinstance(error.orig, sqlite3.Error):
            what_to_do = (
                "Check the data directory (FEEDER_ZONES_DATA_DIRECTORY) and its disk, then run the command again."
            )
            return f"The database cannot be reached: {reason.rstrip('.')}. {what_to_do}"
        # A command ends here: unlike a service that runs, it does not go on when the database is back.
        what_to_do = "Start the database, then run the command again."
        return f"The database (FEEDER_ZONES_DATABASE) cannot be reached: {reason.rstrip('.')}. {what_to_do}"
    return ""


def backup(
    out: Annotated[Path, typer.Argument(help="Folder to write, which must not exist.")],
) -> None:
    """Back up everything that the service stores, while it runs; settings come from FEEDER_ZONES_*."""
    from app.store import back_up, reach_database  # noqa: PLC0415

    with stopping_on_faults():
        settings = read_settings()
        engine = reach_database(settings)
        back_up(engine, settings.data_directory, out)
        engine.dispose()
        screen.print(plain(f"Wrote {out}. It holds exact counts: keep it as confidential as the files."))


def restore(
    source: Annotated[Path, typer.Argument(help="Folder that zones backup wrote.")],
    revoke_keys: Annotated[
        bool, typer.Option("--revoke-keys", help="Revoke every key: one revoked after the backup would hold again.")
    ] = False,
) -> None:
    """Restore a backup into an empty data directory, and an empty database if one is set; all page sessions end."""
    from app.store import restore as restore_backup  # noqa: PLC0415
    from app.store import working_as  # noqa: PLC0415

    with stopping_on_faults():
        settings = read_settings()
        with working_as(person_at_the_command_line()):
            restored = restore_backup(settings, source, revoke_keys=revoke_keys)
        screen.print(plain(f"Restored {source} to {settings.data_directory}, as it was at {restored.made_at}."))
        screen.print("What was deleted, revoked or taken away after that is there again, so check:", soft_wrap=True)
        if restored.revoked_keys:
            screen.print(f"  keys: {restored.revoked_keys:,} revoked. Make new ones with zones keys add.")
        for key in restored.holding_keys:
            screen.print(plain(f"  key {key.id} of {key.name} ({key.agency_id}) holds"), soft_wrap=True)
        if restored.holding_keys:
            screen.print("  End those that were revoked since: zones keys revoke.")
        screen.print("  roles of people: zones people list. Datasets: the pages, or GET /datasets.")
        screen.print("All sessions of pages have ended: everybody signs in again.")


def verify(
    backup_folder: Annotated[
        Path | None, typer.Option("--backup", help="Check this backup, not what the service stores.")
    ] = None,
) -> None:
    """Read everything that is stored, and say what is damaged; exit code 1 if anything is."""
    from app.store import ScenarioFiles, check_backup, find_damage, reach_database  # noqa: PLC0415

    with stopping_on_faults():
        if backup_folder is not None:
            faults = check_backup(backup_folder)
        else:
            settings = read_settings()
            engine = reach_database(settings)
            faults = find_damage(engine, ScenarioFiles(settings.data_directory))
            engine.dispose()
        for fault in faults:
            messages.print(plain(fault), soft_wrap=True)
        if faults:
            messages.print(f"{len(faults):,} fault{'' if len(faults) == 1 else 's'}.", style="bold red")
            raise typer.Exit(1)
        screen.print("Everything that is stored is whole.")


def prune(
    older_than_days: Annotated[
        int | None,
        typer.Option(
            help="Age of jobs and proposals that go; 0 removes none of them. FEEDER_ZONES_RETENTION_DAYS by default.",
            min=0,
        ),
    ] = None,
) -> None:
    """Remove finished jobs, proposals and audit entries beyond their age, and files of no use; let files shrink."""
    from app.store import open_settings_store, working_as  # noqa: PLC0415
    from app.store import prune as prune_store  # noqa: PLC0415

    with stopping_on_faults():
        settings = read_settings()
        store = open_settings_store(settings)
        days = settings.retention_days if older_than_days is None else older_than_days
        with working_as(person_at_the_command_line()):
            pruned = prune_store(store, older_than_days=days, audit_days=settings.audit_days)
        store.close()
        if not days:
            screen.print(
                "Jobs and proposals of any age stay: --older-than-days or FEEDER_ZONES_RETENTION_DAYS set an age.",
                soft_wrap=True,
            )
        removed = f"Removed {pruned.jobs:,} jobs, {pruned.proposals:,} proposals and {pruned.files:,} unused files."
        screen.print(removed)
        if pruned.audit_entries:
            screen.print(f"Removed {pruned.audit_entries:,} entries of the audit trail.")


STORAGE_COMMANDS: Mapping[str, Callable[..., None]] = {
    "backup": backup,
    "restore": restore,
    "verify": verify,
    "prune": prune,
}
