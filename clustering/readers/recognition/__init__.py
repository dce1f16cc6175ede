"""What a file is: its container, its kind, its headings."""
