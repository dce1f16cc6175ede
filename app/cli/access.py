"""Commands for who may use the service: agencies, API keys, people, and the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.read_settings import read_settings
from app.cli.render import messages, screen
from app.cli.storage import person_at_the_command_line, stopping_on_faults

if TYPE_CHECKING:
    from app.store import Store

Agency = Annotated[str, typer.Option(help="Whose data; local if there are no others.")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="viewer, analyst, exact or admin; may be repeated.")]

agencies = typer.Typer(no_args_is_help=True, help="Agencies, which never see each other's data.")
keys = typer.Typer(no_args_is_help=True, help="API keys, with which people and programs sign in.")
people = typer.Typer(no_args_is_help=True, help="People whom a proxy or an identity provider signs in.")


@agencies.command("add")
def add_agency(
    identifier: Annotated[str, typer.Argument(help="Such as nc: small letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="Its full name.")] = "",
) -> None:
    """Add an agency."""
    with _store() as store:
        store.access.add_agency(identifier, name or identifier)
    screen.print(f"Added {identifier}.", soft_wrap=True)


@agencies.command("list")
def list_agencies() -> None:
    """List the agencies."""
    with _store() as store:
        listed = store.access.agencies()
    for identifier, name in [
        ("local", "everything without another agency"),
        *((each.id, each.name) for each in listed),
    ]:
        screen.print(f"{identifier}  {name}", soft_wrap=True, markup=False)


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="Of the person or program that will hold it.")],
    role: Annotated[
        list[str] | None,
        typer.Option("--role", help="viewer, analyst, exact or admin; may be repeated. viewer if not given."),
    ] = None,
    agency: Agency = "local",
    days: Annotated[int, typer.Option(help="Days for which it holds; 0 for good.", min=0)] = 365,
    requests_per_minute: Annotated[
        int | None,
        typer.Option(help="Most requests in a minute; 0 for any number. As in the settings if not given.", min=0),
    ] = None,
    dataset: Annotated[
        list[str] | None,
        typer.Option(help="Identifier of a dataset; may be repeated. The key then opens these alone."),
    ] = None,
) -> None:
    """Make a key and show it, this once."""
    from app.store import ROLES, KeyRequest  # noqa: PLC0415

    roles = role or ["viewer"]
    if unknown := sorted(set(roles) - set(ROLES)):
        messages.print(
            f"There is no role {', '.join(unknown)}. Give {', '.join(ROLES)}.", style="bold red", markup=False
        )
        raise typer.Exit(2)
    request = KeyRequest(
        agency_id=agency,
        name=name,
        roles=roles,
        days=days or None,
        requests_per_minute=requests_per_minute,
        dataset_ids=dataset or (),
    )
    with _store() as store:
        made = store.access.add_key(request)
    messages.print("Keep it: it cannot be shown again.", soft_wrap=True)
    typer.echo(made)


@keys.command("list")
def list_keys(agency: Annotated[str | None, typer.Option(help="Of one agency; of all if not given.")] = None) -> None:
    """List the keys, without their secrets."""
    from app.store import holds  # noqa: PLC0415

    with _store() as store:
        if agency is not None:
            _refuse_unknown_agency(store, agency)
        listed = store.access.keys(agency)
    for key in listed:
        state = "revoked" if key.revoked_at else "holds" if holds(key) else "expired"
        until = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "for good"
        used = f"last used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used"
        roles = ", ".join(map(str, key.roles))
        opened = "" if key.dataset_ids is None else f", opens {', '.join(key.dataset_ids)} alone"
        words = f"{key.id}  {key.agency_id}  {key.name}  ({roles})  {state}, {until}, {used}{opened}"
        screen.print(words, soft_wrap=True, markup=False)


@keys.command("revoke")
def revoke_key(
    identifier: Annotated[str, typer.Argument(help="As zones keys list shows it: the twelve signs after fz_.")],
) -> None:
    """Revoke a key; a running service refuses it within seconds."""
    with _store() as store:
        store.access.revoke_key(identifier)
    screen.print(f"Revoked {identifier}.", soft_wrap=True, markup=False)


@people.command("set")
def set_person(
    name: Annotated[str, typer.Argument(help="As the proxy or the identity provider names the person.")],
    role: Roles = None,
    agency: Agency = "local",
) -> None:
    """Say what a person may do; without a role, nothing any more."""
    with _store() as store:
        store.access.set_person(name, agency, role or [])
    screen.print(f"{name} has {', '.join(role or []) or 'no role'}.", soft_wrap=True, markup=False)


@people.command("list")
def list_people() -> None:
    """List the people and their roles."""
    with _store() as store:
        listed = store.access.people()
    for each in listed:
        screen.print(
            f"{each.name}  {each.agency_id}  ({', '.join(map(str, each.roles))})", soft_wrap=True, markup=False
        )


def audit(
    agency: Agency = "local",
    maximum: Annotated[int, typer.Option(help="Most entries.", min=1, max=1_000)] = 100,
) -> None:
    """Show who saw, changed and released what, newest first."""
    with _store() as store:
        _refuse_unknown_agency(store, agency)
        listed = store.of_agency(agency).audit.entries(maximum=maximum)
    for each in listed:
        times = f" {each.times} times" if each.times > 1 else ""
        who = each.caller or "this machine"
        words = f"{each.at:%Y-%m-%d %H:%M:%S}  {who}  {each.act} {each.object_id}  {each.outcome}{times}"
        screen.print(" ".join(words.split(" ")), soft_wrap=True, markup=False)


def _refuse_unknown_agency(store: Store, agency: str) -> None:
    if agency not in {"local", *(each.id for each in store.access.agencies())}:
        words = f"There is no such agency: {agency}. zones agencies list shows them."
        messages.print(words, style="bold red", soft_wrap=True, markup=False)
        raise typer.Exit(2)


@contextmanager
def _store() -> Iterator[Store]:
    from app.errors import ServiceError  # noqa: PLC0415
    from app.store import open_settings_store, working_as  # noqa: PLC0415

    with stopping_on_faults():
        store = open_settings_store(read_settings())
        try:
            with working_as(person_at_the_command_line()):
                yield store
        except ServiceError as error:
            messages.print(error.detail, style="bold red", markup=False)
            raise typer.Exit(2) from None
        finally:
            store.close()


ACCESS_GROUPS = {"agencies": agencies, "keys": keys, "people": people}
