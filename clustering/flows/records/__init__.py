"""Promotions from student records."""
