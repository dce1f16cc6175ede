"""
Rates and official lists validated.

- ``performance``: rates and lists of all files together, one table for the Scenario.
- ``published_rates``: cells of rates as published (EDFacts, ED Data Express, a state's list).
- ``rounded_rates``: rates in whole per cents or to some decimals, as intervals.
- ``state_rates``, ``rates_from_counts``: a state's own list; a rate from graduates and cohort.
- ``official_lists``: columns such as designations.
"""
