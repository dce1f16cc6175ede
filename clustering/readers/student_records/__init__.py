"""
Readers of student-level enrolment records. Student ids become numbers here, and no text of an id goes further.

- ``reader``: ``read_student_records``, all files to one table. ``enrolments``: that table.
- ``layout``: delimiter, headings and format of a file. ``formats``: headings, codes and grades of each format.
- ``delimited``, ``edfi``, ``oneroster``: records as text, by format. ``raw_records``: what they return.
- ``pieces``: a delimited file in pieces of whole lines, so that threads can each read one.
- ``anonymise``: student ids to numbers. ``decode``: texts to numbers. ``dates``: dates.
- ``assemble``, ``sorting``: all files together, sorted by student and year.
"""

from clustering.readers.student_records.enrolments import RecordFile, StudentRecords
from clustering.readers.student_records.reader import read_student_records

__all__ = ["RecordFile", "StudentRecords", "read_student_records"]
