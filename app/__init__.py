"""The service: HTTP, pages and the command line over the ``clustering`` library. It computes nothing itself."""
