"""Why there is no solution: an anchor without a Zone, a school forced in that no Zone can hold, locks in conflict."""
