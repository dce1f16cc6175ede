"""
What every other room speaks of.

- ``scenario``: the validated inputs, and ``columns``: every column of their tables with type and unit;
- ``grades``: grades as numbers, sets of grades, and the level of a school;
- ``ingest_report``: how the inputs were read;
- ``positions``: rows of schools in a table; ``suppression``: what a suppressed count can be;
- ``disclosure_setting``: who may see the result; ``release``: which version computed it;
- ``lookup``: which texts are among many others;
- ``records`` and ``plain_text``: tables and problems as plain values, and text without invisible signs;
- ``gc_paused``: Python's garbage collector, paused while many objects are made.
"""
