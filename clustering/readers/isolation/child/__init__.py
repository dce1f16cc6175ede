"""What runs in the child process; it imports nothing of the library outside this package."""
