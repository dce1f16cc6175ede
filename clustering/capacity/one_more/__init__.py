"""What one more would bring: a school of capacity, a partner, a year earlier, a million dollars."""
