"""How the protected base of a dataset is made: its policy, the method chosen for it, and the secret key."""

from __future__ import annotations

from dataclasses import dataclass, field

from clustering.disclosure.policy import DisclosurePolicy, Method


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
        Secret key of the dataset; needed for ``cell-key noise`` alone. Whoever has it can take the noise off.
    """

    policy: DisclosurePolicy
    method: Method
    key: bytes | None = field(default=None, repr=False)
