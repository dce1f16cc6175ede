"""A release: proposals computed on the public base, as files, with a report of what is hidden."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustering.analysis.exact_comparison import compare_with_exact
from clustering.disclosure.protected_base import protected_base
from clustering.disclosure.release_report import measure_base
from clustering.errors import InputError, Problem
from clustering.model.disclosure_setting import Disclosure
from clustering.model.scenario import Scenario
from clustering.outputs.files import json_bytes, render_proposal
from clustering.outputs.release_markdown import release_markdown
from clustering.outputs.write_files import write_files
from clustering.zones.parameters import ProposalParameters
from clustering.zones.planner import ZonePlanner
from clustering.zones.progress import Progress, ignore_progress

if TYPE_CHECKING:
    from clustering.disclosure.policy import DisclosurePolicy
    from clustering.disclosure.protection import Protection
    from clustering.zones.protection_choice import ChosenProtection

# The number of the report's shape. Raise it when a key is added, renamed or dropped.
RELEASE_FORMAT = 1

_PUBLIC: Disclosure = "public"
_STAFF: Disclosure = "protected"


@dataclass(frozen=True, kw_only=True, eq=False)
class Release:
    """
    The files of a release, and the reports about them.

    Parameters
    ----------
    files
        By the number of the proposal, from 1, and the name of the file.
    public_report
        For its readers: what is hidden, what remains possible, and the hash of each file. It follows from the public
        base alone.
    report
        For those who may release: the same, the audit, and how much is kept of the exact Zones. It follows from exact
        counts.
    protection
        How the public base is made.
    """

    files: Mapping[tuple[int, str], bytes]
    public_report: dict[str, Any]
    report: dict[str, Any]
    protection: ChosenProtection


def make_release(
    scenario: Scenario,
    requests: Sequence[ProposalParameters | Mapping[str, Any]],
    *,
    policy: DisclosurePolicy | str | Mapping[str, Any],
    title: str,
    on: date,
    key: bytes | None = None,
    progress: Progress | None = None,
) -> Release:
    """
    Compute proposals on the public base, audit it, and say what is hidden.

    Parameters
    ----------
    scenario
        Exact inputs, with ``protections`` where the base for staff is made already. A public base that is there is used
        again: a second one would be a second cut.
    requests
        Parameters of the proposals; their ``disclosure`` becomes ``public``.
    policy
        At least as strict as that for staff. Both bases are made by one method.
    title
        By which readers know the release.
    on
        The day of the release.
    key
        Secret of the noise, where no base is made yet; without it, no noise is used.
    progress
        Called with the stage and the fraction done, 0 to 1.

    Returns
    -------
    release
        Nothing is written.

    Raises
    ------
    InputError
        There is nothing to release, the policy is less strict than that for staff, the dataset has a public base by
        another policy, or the base does not pass the audit.
    """
    if not requests:
        raise _problem("requests", "There is nothing to release.", "Name one proposal at least.")
    report = progress or ignore_progress
    staff = _staff_protection(scenario, policy, key, report)
    chosen = _public_protection(scenario, policy, staff)
    own = replace(scenario, protections={_STAFF: staff, _PUBLIC: chosen.protection})
    base = protected_base(own, _PUBLIC)
    public, exact = ZonePlanner(own), ZonePlanner(own)
    files: dict[tuple[int, str], bytes] = {}
    compared, released = [], []
    for number, request in enumerate(requests, 1):
        parameters = ProposalParameters.given(request).with_changes(disclosure=_PUBLIC)
        report("Proposing", 0.2 + 0.7 * (number - 1) / len(requests))
        proposal = public.propose(parameters)
        rendered = render_proposal(proposal, title=title)
        files |= {(number, name): data for name, data in rendered.items()}
        compared.append(
            asdict(compare_with_exact(proposal, exact.propose(parameters.with_changes(disclosure="exact"))))
        )
        released.append(_released(number, proposal.parameters.as_dict(), len(proposal.zones), rendered))
    public_report = _public_report(chosen, base, title=title, on=on, proposals=released)
    whole = {**public_report, "audit": chosen.audit.document(), "compared_with_exact": compared}
    report("Done", 1.0)
    return Release(files=files, public_report=public_report, report=whole, protection=chosen)


def render_release(release: Release) -> dict[str, bytes]:
    """
    Write a release as files.

    Parameters
    ----------
    release
        As :func:`make_release` answers.

    Returns
    -------
    contents
        File name to bytes: a folder ``proposal-1`` and so on for each proposal, ``release-report.json`` and
        ``release-report.md``. The figures that follow from exact counts are not among them.
    """
    contents = {f"proposal-{number}/{name}": data for (number, name), data in release.files.items()}
    report = release.public_report
    return {
        **contents,
        "release-report.json": json_bytes(report),
        "release-report.md": release_markdown(report).encode(),
    }


def write_release(release: Release, directory: str | Path) -> tuple[Path, ...]:
    """Write a release into a folder; the files are named as by :func:`render_release`."""
    return write_files(render_release(release), directory)


def _staff_protection(
    scenario: Scenario, given: DisclosurePolicy | str | Mapping[str, Any], key: bytes | None, progress: Progress
) -> Protection:
    """How the base for staff is made; if that is not chosen yet, it is chosen under the public policy."""
    from clustering.zones.protection_choice import choose_protection  # noqa: PLC0415

    staff: Protection | None = scenario.protections.get(_STAFF)
    return staff if staff is not None else choose_protection(scenario, given, key=key, progress=progress).protection


def _public_protection(
    scenario: Scenario, given: DisclosurePolicy | str | Mapping[str, Any], staff: Protection
) -> ChosenProtection:
    """How the public base is made from that for staff, so that both together tell no more than staff's."""
    from clustering.disclosure.policy import parse_policy, what_is_looser  # noqa: PLC0415
    from clustering.disclosure.protection import Protection  # noqa: PLC0415
    from clustering.zones.protection_choice import try_protection  # noqa: PLC0415

    policy, known = parse_policy(given), scenario.protections.get(_PUBLIC)
    if problems := what_is_looser(policy, staff.policy, staff.method):
        raise InputError(problems)
    if known is not None and known.policy != policy:
        message = f"There is a public base by another policy, {known.policy.name}: a second one would be a second cut."
        raise _problem("policy", message, f"Use {known.policy.name}, unchanged.")
    public = known if known is not None else Protection(policy=policy, method=staff.method)
    chosen = try_protection(replace(scenario, protections={_STAFF: staff, _PUBLIC: public}), "public")
    fewest = chosen.audit.fewest_values
    if fewest is not None and fewest < policy.least_possible_values:
        message = f"A hidden count keeps {fewest} possible values; the policy asks for {policy.least_possible_values}."
        raise _problem("policy", message, "Choose a stricter policy or further methods.")
    return chosen


def _public_report(
    chosen: ChosenProtection, base: Scenario, *, title: str, on: date, proposals: list[dict[str, Any]]
) -> dict[str, Any]:
    from clustering.disclosure.policy import policy_document  # noqa: PLC0415
    from clustering.disclosure.protection import guarantee  # noqa: PLC0415

    policy = chosen.protection.policy
    return {
        "format": RELEASE_FORMAT,
        "title": title,
        "released_on": on.isoformat(),
        "guarantee": f"Everything in this release follows from one protected base, in which {guarantee(policy)}.",
        "policy": policy_document(policy),
        "method": chosen.protection.method,
        "assumed_sizes": chosen.audit.assumed_rows,
        "hidden": asdict(measure_base(base)),
        "proposals": proposals,
    }


def _released(number: int, parameters: dict[str, Any], zones: int, rendered: Mapping[str, bytes]) -> dict[str, Any]:
    files = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(rendered.items())
    ]
    return {"number": number, "zones": zones, "parameters": parameters, "files": files}


def _problem(column: str, message: str, remedy: str) -> InputError:
    return InputError([Problem(table="release", column=column, message=message, remedy=remedy)])
