"""Promoted students between schools: from student records, from catchments, from a gravity model."""
