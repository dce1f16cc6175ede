"""What isolated processes do to register datasets: they find their facts, and choose how their bases are made."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from app.queries.analysis import Progress
from app.store import CountedContent, StoredProtection
from clustering import (
    ChosenProtection,
    Scenario,
    choose_protection,
    content_tag,
    count_facts,
    parse_policy,
    policy_document,
    scenario_from_bytes,
)


@dataclass(frozen=True, kw_only=True)
class Registering:
    """
    What is needed to register inputs.

    Parameters
    ----------
    hash_key
        Of the service.
    policy
        Name of the policy for staff, or the policy as text.
    """

    hash_key: bytes
    policy: str


def choose_for_staff(progress: Progress, scenario: Scenario, registering: Registering) -> ChosenProtection:
    """Choose how the base for staff is made of exact inputs, with a new secret key."""
    policy = parse_policy(registering.policy)
    return choose_protection(scenario, policy, key=secrets.token_bytes(32), progress=progress)


def count_content(scenario: Scenario, registering: Registering, chosen: ChosenProtection) -> CountedContent:
    """
    Find out of which students inputs hold counts, and note how their base for staff is made.

    Parameters
    ----------
    scenario
        Exact inputs.
    registering
        The key and the policy.
    chosen
        As :func:`choose_for_staff` answers.

    Returns
    -------
    counted
        For the store.
    """
    policy = chosen.protection.policy
    facts = count_facts(scenario, key=registering.hash_key, policy=policy)
    tag = content_tag(scenario, key=registering.hash_key, policy=policy)
    return CountedContent(facts=facts, content_tag=tag, protection=stored_protection(chosen))


def count_stored(progress: Progress, scenario: bytes, registering: Registering) -> CountedContent:
    """As :func:`count_content`, for inputs as bytes."""
    inputs = scenario_from_bytes(scenario)
    return count_content(inputs, registering, choose_for_staff(progress, inputs, registering))


def stored_protection(chosen: ChosenProtection) -> StoredProtection:
    """Write a protection and its audit as plain values."""
    own = chosen.protection
    policy = policy_document(own.policy)
    return StoredProtection(policy=policy, method=own.method, key=own.key or b"", audit=chosen.audit.document())
