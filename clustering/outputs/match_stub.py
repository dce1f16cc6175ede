"""Stand-in for the files of a match."""
from clustering.capacity.matching.documents import capacity_table, match_document, matches_table, unserved_table, unused_table
from clustering.outputs.files import json_bytes
from clustering.outputs.tables import table_bytes


def render_match(match, needs, register, *, title=None):
    """Stand in."""
    return {"match.json": json_bytes(match_document(match)), "matches.csv": table_bytes(matches_table(match)), "unserved.csv": table_bytes(unserved_table(match)), "unused.csv": table_bytes(unused_table(match)), "capacity.csv": table_bytes(capacity_table(match)), "picture.html": b"<p>Picture</p>", "map.html": b"<p>Map</p>"}
