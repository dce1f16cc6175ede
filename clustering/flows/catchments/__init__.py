"""
Flows estimated from attendance catchments.

- ``grades``: which catchment serves which grade, and after which grades students leave a school;
- ``measured_ground``: catchments of senders and receivers in one projection;
- ``choice_catchments``: receivers whose catchment says nothing of where students go;
- ``overlaps``: how much of a catchment lies in each catchment of the next grade, by area or population;
- ``cohorts``: how many students leave each school;
- ``capture``: who attends the school of the address, as far as places tell, and ``capture_notes`` says it;
- ``estimate``: these put together into flows, with coverage and notes;
- ``paths``: each flow divided by where its students are entitled to go after that;
- ``warnings``: what the estimate does not know;
- ``official_feeder_chain``: the feeder pattern that some districts publish with their catchments.
"""
