"""Promoted-student flows: from student records, from catchments, from a gravity model."""
