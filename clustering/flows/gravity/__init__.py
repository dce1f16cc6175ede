"""
Flows estimated by a gravity model, for states with neither student records nor catchments.

- ``parameters``: what the model assumes;
- ``neighbours``: which schools a student may enter, and how far they are;
- ``crowding``: the students of each pair of schools: the nearest school first, full schools count as farther away;
- ``estimate``: the whole estimate, with its notes and residuals.
"""
