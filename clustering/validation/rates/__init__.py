"""
Rates and official lists validated.

- ``performance``: rates and lists of all files together, one table for the Scenario.
- ``published_rates``: cells of rates as published (EDFacts, ED Data Express, a state's list).
- ``state_rates``, ``rates_from_counts``: a state's own list; a rate from graduates and cohort.
- ``official_lists``: columns such as designations.
"""
