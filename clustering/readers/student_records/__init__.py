"""Readers of student-level enrolment records. Student ids become numbers here, and no text of one goes further."""

from clustering.readers.student_records.enrolments import RecordFile, StudentRecords
from clustering.readers.student_records.reader import read_student_records

__all__ = ["RecordFile", "StudentRecords", "read_student_records"]
