"""
Schools files validated.

- ``schools``: all files joined. ``school_file``: one file. ``characteristics``: type, Title I, virtual, year opened.
- ``agreement``: warnings where files disagree. ``state_identifiers``: state identifiers to NCES identifiers.
"""
