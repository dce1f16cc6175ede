"""Two proposals side by side: schools that move, Zones matched by anchor, totals, and whether they can be compared."""

from clustering.analysis.comparison.compare import compare_documents, compare_proposals
from clustering.analysis.comparison.result import Comparison, ProposalTotals, comparison_document

__all__ = ["Comparison", "ProposalTotals", "compare_documents", "compare_proposals", "comparison_document"]
