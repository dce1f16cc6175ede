"""The options for the disclosure policy by which small counts are protected."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from clustering import DisclosurePolicy, InputError, Problem, Scenario, parse_policy, with_protection

_KEY_BYTES = 32
NOISE = "cell-key noise"

Policy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        help="How small counts are protected: a policy that ships (zones policies), or a file of one (.toml or"
        " .json). The standard one if none is given.",
    ),
]
PolicyKey = Annotated[
    Path | None,
    typer.Option(
        "--policy-key",
        help="File with the secret of the noise that the policy allows, made if it is not there. Keep it secret: with"
        " another key the same counts get other noise, and whoever has it can remove the noise.",
    ),
]


def policy_of(text: str) -> DisclosurePolicy:
    """A policy as the command line names it, a file by its ending; InputError if it is faulty."""
    return parse_policy(Path(text) if text.lower().endswith((".toml", ".json")) else text)


def key_of(path: Path) -> bytes:
    """The secret in a file; a new one for this user alone if there is no such file."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(_KEY_BYTES), encoding="ascii")
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        remedy = "Name the file that was made for this, or one that is not there."
        raise InputError([Problem(table=path.name, message="This is no secret.", remedy=remedy)]) from None


def protected_by(scenario: Scenario, policy: str | None, key: Path | None) -> Scenario:
    """
    Choose how small counts are protected.

    Parameters
    ----------
    scenario
        Exact inputs.
    policy, key
        As the command line names them.

    Returns
    -------
    scenario
        As it is without a policy: the standard one is taken when it is needed.

    Raises
    ------
    InputError
        The policy is faulty, or there is a key and no noise that needs it, or the other way round.
    """
    chosen = None if policy is None else policy_of(policy)
    if key is not None and (chosen is None or NOISE not in chosen.methods):
        remedy = "Give a policy that allows noise, such as --policy cell-key, or leave --policy-key out."
        message = "There is a key, and no noise that it is for."
        raise InputError([Problem(table="disclosure policy", column="methods", message=message, remedy=remedy)])
    return scenario if chosen is None else with_protection(scenario, chosen, None if key is None else key_of(key))
