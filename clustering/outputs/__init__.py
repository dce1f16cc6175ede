"""What people take away: files and maps."""
