"""
Files of any kind to tables in which every cell is still text; nothing is interpreted or validated here.

- ``read_table``: the entry point for one file. ``raw_table``: what it returns. ``file_options``: the user's options.
- ``recognition``: which container, kind of file and headings a file has. **A state's heading is added in
  ``recognition/aliases.py`` and the files of aliases beside it.**
- ``reshape``: columns and records brought into the shape that validation knows.
- ``text``: encodings, delimiters, and the values of cells. **Which texts are a suppressed count is decided in
  ``text/values.py``; the interval that it stands for is in ``model/suppression.py``.**
- ``isolation``: workbooks, spatial files, Parquet and JSON, parsed in a confined process. ``crs``: to EPSG:4326.
- ``published``: CCD membership, EDFacts, the Education Data Portal, and the codes they use.
- ``student_records``: student-level enrolment records; ids become numbers here.
"""
