"""Students shared out to receivers, from the overlap of catchments and the cohorts of senders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from clustering.flows.catchments.cohorts import SHARES_OF_ONE_COHORT, estimate_final_cohorts
from clustering.flows.catchments.measured_ground import MeasuredGround
from clustering.flows.catchments.overlaps import SENDER, Overlaps

ENTRANCE = ["school_id", "grade"]
# Cohorts that a file tells.
KNOWN_COHORTS = ("grade enrolment", "enrolment")


@dataclass(frozen=True, kw_only=True)
class EnrolmentSources:
    """Where numbers of students come from; see ``estimate_catchment_flows``."""

    schools: pd.DataFrame
    grade_enrolment: pd.DataFrame | None
    year: int | None

    def places(self, entering: pd.DataFrame) -> pd.Series:
        """Students of each grade entered, index ``ENTRANCE``; missing where no file tells them."""
        rows = entering[ENTRANCE].rename(columns={"school_id": "origin"})
        final = estimate_final_cohorts(rows, self.schools, self.grade_enrolment, self.year).cohorts
        is_known = final["cohort"].isin(KNOWN_COHORTS) & (final["students"] > 0)
        known = final["students"].where(is_known)
        return known.set_axis(pd.MultiIndex.from_frame(entering[ENTRANCE]))


@dataclass(frozen=True, kw_only=True)
class StudentShares:
    """Coverage of each sender with its cohort, pairs with their ``share``, and the unit of cohorts."""

    coverage: pd.DataFrame
    pairs: pd.DataFrame
    unit: str

    def entrants(self) -> pd.Series:
        """Students who would enter, index ``ENTRANCE``; none where the unit is not students."""
        if self.unit == SHARES_OF_ONE_COHORT:
            return pd.Series(dtype="float64", index=pd.MultiIndex.from_arrays([[], []], names=ENTRANCE))
        flows = self.pairs.merge(self.coverage[[*SENDER, "next_grade", "students"]], on=SENDER)
        students = (flows["share"] * flows["students"]).groupby([flows["destination"], flows["next_grade"]]).sum()
        return students.rename_axis(ENTRANCE)


def share_students(
    ground: MeasuredGround, excluded: Collection[str], sources: EnrolmentSources, minimum_share: float
) -> StudentShares:
    """Share every cohort out to the receivers that are not excluded."""
    shares = _share_out(ground.overlaps_without(excluded), minimum_share)
    final = estimate_final_cohorts(shares.coverage[SENDER], sources.schools, sources.grade_enrolment, sources.year)
    return StudentShares(coverage=shares.coverage.join(final.cohorts), pairs=shares.pairs, unit=final.unit)


@dataclass(frozen=True, kw_only=True)
class _Shares:
    """Coverage of each sender, and the ``share`` of each pair that is no sliver."""

    coverage: pd.DataFrame
    pairs: pd.DataFrame


def _share_out(overlaps: Overlaps, minimum_share: float) -> _Shares:
    pairs, sizes = overlaps.pairs, overlaps.senders
    shares = pairs.merge(sizes[[*SENDER, "size"]].rename(columns={"size": "whole"}), on=SENDER)
    part = shares["size"] / shares["whole"]
    is_sliver = part < minimum_share
    kept = shares[~is_sliver]
    kept = kept.assign(share=kept["size"] / kept.groupby(SENDER)["size"].transform("sum"))
    per_sender = sizes.set_index(SENDER)
    whole = per_sender["size"].where(per_sender["size"] > 0)
    summed = pd.DataFrame({"all": part, "slivers": part.where(is_sliver, 0.0)}).groupby(
        [shares[name] for name in SENDER]
    )
    totals = summed.sum().reindex(per_sender.index).fillna(0.0)
    covered = (per_sender["covered"] / whole).fillna(0.0)
    coverage = pd.DataFrame(
        {
            "next_grade": per_sender.index.get_level_values("grade") + 1,
            "measure": per_sender["measure"],
            "receivers": kept.groupby(SENDER).size().reindex(per_sender.index).fillna(0).astype("int64"),
            "covered_share": covered.clip(0, 1),
            "overlap_share": (totals["all"] - covered).clip(lower=0),
            "sliver_share": totals["slivers"],
        }
    )
    return _Shares(coverage=coverage.reset_index(), pairs=kept)
