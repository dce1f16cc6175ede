"""What the page of a dataset says about its protection and its releases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.releases import protection_document
from app.services.service import Service
from app.store import PUBLIC, STAFF

_AUDIENCES = {STAFF: "users of this service", PUBLIC: "the public"}


def release_values(service: Service, dataset_id: str) -> dict[str, Any]:
    """
    Gather what the page of a dataset shows of its protection and its releases.

    Parameters
    ----------
    service
        The service.
    dataset_id
        The dataset.

    Returns
    -------
    values
        ``bases`` (audience, policy, method and audit in a sentence), ``releases`` and ``may_release``.
    """
    bases = protection_document(service, dataset_id)
    return {
        "bases": [
            {"audience": words, **bases[audience], "sentence": audit_sentence(bases[audience]["audit"])}
            for audience, words in _AUDIENCES.items()
            if audience in bases
        ],
        "releases": service.store.releases.releases(dataset_id),
        "may_release": service.settings.allow_release,
    }


def audit_sentence(audit: Mapping[str, Any]) -> str:
    """Say in a sentence what the audit of a base found."""
    if not audit["cells"]:
        return "Its flows are no counts of students, so none is hidden."
    hidden = f"{audit['hidden_cells']:,} of {audit['cells']:,} counts are hidden"
    fewest, assumed = audit["fewest_values"], audit["assumed_rows"]
    left = "" if fewest is None else f", and each hidden one keeps at least {fewest:,} possible values"
    sizes = f" The public size of {assumed:,} grades is not in the data and was assumed." if assumed else ""
    return f"{hidden}{left}.{sizes}"
