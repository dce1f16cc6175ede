"""The client of the load benchmark: what wrk prints is read, and connections that a server closed are seen."""

from __future__ import annotations

import socket

from bench.load_client import IdleAttackers, Load, read_wrk

PRINTED = """Running 5s test @ http://127.0.0.1:1/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    41.75ms   24.01ms 202.17ms   89.60%
    Req/Sec   406.59    130.13   720.00     71.43%
  Latency Distribution
     50%  870.00us
     75%   46.67ms
     90%   62.41ms
     99%    1.25s
  2014 requests in 5.03s, 112.04MB read
"""
FAILURES = """  Socket errors: connect 1, read 2, write 0, timeout 3
  Non-2xx or 3xx responses: 7
"""


def test_what_wrk_prints_is_read_in_milliseconds() -> None:
    fast = read_wrk(f"{PRINTED}Requests/sec:    400.31\n")
    assert fast == Load(per_s=400.31, median_ms=0.87, p99_ms=1250.0, errors=0)
    assert read_wrk(f"{PRINTED}{FAILURES}Requests/sec:    400.31\n").errors == 13


def test_connections_that_the_server_closed_are_opened_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        attackers = IdleAttackers(server.getsockname()[1], 2)
        attackers.renew()
        first, second = (server.accept()[0] for _ in range(2))
        assert attackers.still_open() == 2
        first.recv(4_096)
        first.close()
        second.settimeout(10)
        assert second.recv(4_096).endswith(b"X-Half: ")  # half a request: no empty line ends it
        while attackers.still_open() == 2:
            pass
        attackers.renew()
        third = server.accept()[0]
        assert (attackers.still_open(), attackers.opened) == (2, 3)
        attackers.close()
        second.close()
        third.close()
