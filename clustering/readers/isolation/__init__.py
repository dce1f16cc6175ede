"""
Files that nobody vouches for, parsed in a process that can do nothing else.

- ``parent``: starts the child and checks its answer. ``errors_of_codes``: the child's error codes as messages.
- ``child_main``, ``child``: what runs in the child; it imports nothing else of the library.
"""
