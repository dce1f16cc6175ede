"""The registry: every analysis of a proposal and every question about rules, each registered once."""
