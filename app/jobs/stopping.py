"""Whether this process is about to stop, for everything that waits for long work."""

from __future__ import annotations

import threading

# Set once, when the server of the process begins to stop.
STOPPING = threading.Event()
