"""What runs in the child process: it imports nothing else of this library (see ``isolated_reader``)."""
