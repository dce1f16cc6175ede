def odd_ingest():
    yield from ()
