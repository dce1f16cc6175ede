"""What runs in the child process: it imports nothing else of this library (see ``child_main``)."""
