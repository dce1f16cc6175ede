"""
Files that nobody vouches for, parsed in a process that can do nothing else.

- ``parent``: starts the child, with ``surroundings`` of its own. ``answers_of_child``: its answer, checked.
  ``errors_of_codes``: the child's error codes as messages.
- ``together``: files that were given together, parsed by one child. ``warm_children``: children that need not start.
- ``child_main``, ``child``: what runs in the child; it imports nothing else of the library.
"""
