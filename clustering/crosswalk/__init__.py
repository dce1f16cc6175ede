"""Schools that split, merged, closed, moved or were renumbered: proposed, confirmed by the user, applied to flows."""

from clustering.crosswalk.apply import CrosswalkAccount, apply_crosswalk

__all__ = ["CrosswalkAccount", "apply_crosswalk"]
