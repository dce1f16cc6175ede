"""The fields by which a form says a rule: a threshold, one that ships, an official list, or one's own."""

from __future__ import annotations

from collections.abc import Mapping

RULE_FIELDS = ("rule", "threshold", "preset", "list_column", "list_value", "own_rule")


def rule_of_form(form: Mapping[str, str]) -> str | None:
    """
    Tell the rule that a form says.

    Parameters
    ----------
    form
        Values by field; others than ``RULE_FIELDS`` are passed over.

    Returns
    -------
    rule
        As text for ``clustering.parse_rule``; ``None`` if nothing is said.
    """
    chosen = form.get("rule")
    if chosen == "official":
        return f"official:{form.get('list_column', '')}={form.get('list_value', '')}"
    if chosen == "preset":
        return form.get("preset", "")
    if chosen == "own":
        return form.get("own_rule", "")
    threshold = form.get("threshold", "").strip()
    return f"graduation_rate<{threshold.removesuffix('%').strip()}%" if threshold else None


def rule_fields_given(form: Mapping[str, str]) -> dict[str, str]:
    """Those fields of a form, or of an address, that say a rule."""
    return {name: form[name] for name in RULE_FIELDS if name in form}
