"""
An analyst's files to one Scenario and its ingest report.

- ``scenario``: ``read_scenario``, the whole way from files to a Scenario. Start here.
- ``open_files``: which reader takes a file, its options, its role.
- ``student_files``: promotions from student records.
- ``flow_sources``, ``estimates``: counted flows, or flows estimated from catchments or distance.
- ``enrolment``, ``contiguity``, ``co_located``: further tables and counts.
- ``cross_file_errors``, ``cross_file_warnings``: what only shows when files are compared.
- ``files_of_names``, ``propose_name_matches``: files that name schools in words and have no identifiers.
- ``apply_crosswalk``: a new Scenario with confirmed rows of a crosswalk.
- ``report``, ``documents``, ``fingerprint``, ``storage``: the report, its plain values, the content hash, bytes.
"""

from clustering.ingest.apply_crosswalk import with_crosswalk
from clustering.ingest.propose_name_matches import propose_name_matches
from clustering.ingest.scenario import read_scenario

__all__ = ["propose_name_matches", "read_scenario", "with_crosswalk"]
