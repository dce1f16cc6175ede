"""The fields of a form that make up a rule: a threshold, a preset, an official list, or a rule of one's own."""

from __future__ import annotations

from collections.abc import Mapping

RULE_FIELDS = ("rule", "threshold", "preset", "list_column", "list_value", "own_rule")


def rule_of_form(form: Mapping[str, str]) -> str | None:
    """
    Put the rule of a form together.

    Parameters
    ----------
    form
        Values by field; only ``RULE_FIELDS`` count.

    Returns
    -------
    rule
        As text for ``clustering.parse_rule``; ``None`` if the form has none.
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


def rule_fields_of(form: Mapping[str, str]) -> dict[str, str]:
    """Only those fields of a form, or of an address, that make up a rule."""
    return {name: form[name] for name in RULE_FIELDS if name in form}
