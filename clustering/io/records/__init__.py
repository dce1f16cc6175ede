"""Readers of student-level enrolment records. Student ids become numbers here, and no text of one goes further."""

from clustering.io.records.enrolments import RecordFile, StudentRecords
from clustering.io.records.reader import read_student_records

__all__ = ["RecordFile", "StudentRecords", "read_student_records"]
