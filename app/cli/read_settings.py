"""Settings of a command: read in one spot, so that a wrong one ends every command with a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import typer

from app.cli.render import messages, plain

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from app.settings import Settings

_PREFIX = "FEEDER_ZONES_"
_LONGEST_SHOWN = 80
# As the least that the settings job_memory_mb and read_memory_mb take.
_LEAST_MEMORY_MB = 512
# Their values may hold a password.
_SECRET = {"database", "metrics_key"}
_KINDS: Mapping[Any, str] = {int: "a whole number", float: "a number", bool: "true or false"}


def read_settings(**options: Any) -> Settings:
    """
    Read the settings from the environment.

    Parameters
    ----------
    options
        Settings that options of the command give, by name; they go before the environment.

    Returns
    -------
    settings
        As given. A variable that begins like a setting and is none is named on the standard error.

    Raises
    ------
    typer.Exit
        2, if any setting is wrong; one line for each is on the standard error.
    """
    from pydantic import ValidationError  # noqa: PLC0415

    from app.settings import Settings  # noqa: PLC0415

    for line in _unknown_variables(Settings.model_fields):
        messages.print(plain(line), style="yellow", soft_wrap=True)
    try:
        return Settings(**options)
    except ValidationError as error:
        # Two entries of one list are one wrong setting.
        faults = {each["loc"][:1]: each for each in reversed(error.errors(include_url=False))}
        for place, fault in reversed(faults.items()):
            refusal = _refusal(str(place[0]), fault, options) if place else f"{_reason(fault)}."
            messages.print(plain(refusal), style="bold red", soft_wrap=True)
        raise typer.Exit(2) from None


def refuse_unusable(settings: Settings) -> None:
    """End the command with exit code 2 if the service could start with settings, and then not do its work."""
    faults = [*_unusable(settings)]
    for fault in faults:
        messages.print(plain(fault), style="bold red", soft_wrap=True)
    if faults:
        raise typer.Exit(2)


def _unusable(settings: Settings) -> Iterator[str]:
    from clustering import InputError, parse_policy, policy_presets  # noqa: PLC0415

    try:
        parse_policy(settings.disclosure_policy)
    except InputError as error:
        presets = ", ".join(each.name for each in policy_presets())
        why = " ".join(f"{each.column or 'policy'}: {each.message}" for each in error.problems[:5])
        policy = settings.disclosure_policy
        shown = f'is "{policy}"' if len(policy) <= _LONGEST_SHOWN else "is no policy"
        yield (
            f"{_PREFIX}DISCLOSURE_POLICY {shown}. It must be the name of a preset ({presets}), or fields as JSON or"
            f" TOML. {why}"
        )
    if 0 < settings.memory_mb < _LEAST_MEMORY_MB:
        yield (
            f'{_PREFIX}MEMORY_MB is "{settings.memory_mb}". It must be {_LEAST_MEMORY_MB} or more, for less is not'
            " enough for one process; or 0, for three quarters of the memory there is."
        )
    if settings.telemetry and find_spec("opentelemetry") is None:
        yield (
            f'{_PREFIX}TELEMETRY is "true". It must be false, for the extra is not installed: pip install'
            " feeder-zones[telemetry]."
        )


def _refusal(name: str, fault: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """Say which setting is wrong, what it is and what it must be."""
    from app.settings import Settings  # noqa: PLC0415

    variable = f"{_PREFIX}{name.upper()}"
    given = {each.upper(): value for each, value in os.environ.items()}.get(variable, "")
    shown, value = (f"--{name.replace('_', '-')}", str(options[name])) if name in options else (variable, given)
    if name in _SECRET or len(value) > _LONGEST_SHOWN:
        return f"{shown} cannot be used as it is. It must be {_requirement(Settings.model_fields[name], fault)}."
    return f'{shown} is "{value}". It must be {_requirement(Settings.model_fields[name], fault)}.'


def _requirement(field: FieldInfo, fault: Mapping[str, Any]) -> str:
    if fault["type"] == "value_error" and not isinstance(field.default, tuple):
        return _reason(fault)
    bounds = {
        each: getattr(rule, each) for rule in field.metadata for each in ("ge", "gt", "le") if hasattr(rule, each)
    }
    if field.annotation in _KINDS:
        return _KINDS[field.annotation] + _range(bounds)
    if get_origin(field.annotation) is Literal:
        return " or ".join(map(str, get_args(field.annotation)))
    if isinstance(field.default, tuple):
        return _list_requirement(field, fault)
    if fault["type"] == "string_pattern_mismatch":
        return "an address such as tcp://127.0.0.1:8786 or tls://scheduler.example:8786, or blank"
    longest = fault.get("ctx", {}).get("max_length")
    return f"a text of at most {longest:,} characters" if longest else "a text"


def _list_requirement(field: FieldInfo, fault: Mapping[str, Any]) -> str:
    description = field.description or ""
    example = "127.0.0.1" if "ddresses" in description else "https://maps.example"
    example = "zones.example" if "Host names" in description else example
    is_ours = fault["type"] == "value_error" and len(fault["loc"]) > 1
    return f'a JSON list such as ["{example}"]' + (f": {_reason(fault)}" if is_ours else "")


def _range(bounds: Mapping[str, float]) -> str:
    if "ge" in bounds and "le" in bounds:
        return f" from {bounds['ge']} to {bounds['le']}"
    if "ge" in bounds:
        return f", {bounds['ge']} or more"
    return f" above {bounds['gt']}" if "gt" in bounds else ""


def _reason(fault: Mapping[str, Any]) -> str:
    """Give the words of the check itself: what pydantic adds shows the values of all settings."""
    return str(fault.get("ctx", {}).get("error", fault["msg"]))


def _unknown_variables(known: Mapping[str, Any]) -> Iterator[str]:
    settings = {f"{_PREFIX}{name.upper()}" for name in known}
    for name in sorted(os.environ):
        if name.upper().startswith(_PREFIX) and name.upper() not in settings:
            nearest = get_close_matches(name.upper(), settings, n=1)
            yield f"{name} is no setting, and is not used." + (f" Did you mean {nearest[0]}?" if nearest else "")
