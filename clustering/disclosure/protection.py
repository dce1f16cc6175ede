"""How the protected base of a dataset is made, and what that guarantees: policy, method and secret key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from clustering.disclosure.policy import DisclosurePolicy, Method, policy_hash


@dataclass(frozen=True, kw_only=True)
class Protection:
    """
    How the protected base of a dataset is made.

    Parameters
    ----------
    policy
        The disclosure policy.
    method
        One of the policy's methods: ``single years``, ``pooled years``, ``coarser grades`` or ``cell-key noise``.
    key
        Secret key of the dataset; needed for ``cell-key noise`` alone. Whoever has it can remove the noise.
    """

    policy: DisclosurePolicy
    method: Method
    key: bytes | None = field(default=None, repr=False)

    def document(self) -> dict[str, Any]:
        """What readers may know: ``policy`` (its name), ``title``, ``policy_sha256``, ``method`` and ``guarantee``."""
        return {
            "policy": self.policy.name,
            "title": self.policy.title,
            "policy_sha256": policy_hash(self.policy),
            "method": self.method,
            "guarantee": guarantee(self.policy),
        }


def guarantee(policy: DisclosurePolicy) -> str:
    """
    Say what the base of a policy keeps unknown.

    Parameters
    ----------
    policy
        Of any source.

    Returns
    -------
    guarantee
        The end of a sentence about the base, without a full stop.
    """
    return (
        f"each count of 1 to {policy.minimum_students - 1} students keeps at least {policy.least_possible_values}"
        " possible values, or all that its public grade size allows where that is less, even to one who knows the"
        " public grade sizes"
    )
