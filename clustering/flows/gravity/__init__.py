"""
Flows estimated by a gravity model, for states with neither student records nor catchments.

- ``parameters``: what the model assumes;
- ``neighbours``: which schools are near enough for students of one to enter the other;
- ``distance_decay``: how the pull of a school falls with distance, and how it is fitted to known flows;
- ``balancing``: the students of each pair of schools, so that known totals are met;
- ``estimate``: the whole estimate, with its notes and residuals.
"""
