"""Stand-in for the document and the files of a year plan."""
from dataclasses import asdict
from clustering.capacity.picture.draw_picture import state_picture
from clustering.outputs.capacity.picture_page import draw_picture
from clustering.outputs.capacity.zone_map import draw_zone_map
from clustering.capacity.picture.documents import picture_document
from clustering.outputs.files import json_bytes
from clustering.outputs.tables import table_bytes
from clustering.model.records import table_records


def year_plan_document(plan):
    """Stand in."""
    tables = {n: table_records(getattr(plan, n)) for n in ("starts", "costs", "years", "partners", "never_started", "timeline")}
    return {"parameters": plan.parameters.as_dict(), "first_fall": plan.first_fall, "last_fall": plan.last_fall, "solution": asdict(plan.solution), **tables, "provenance": plan.provenance, "disclosure": plan.provenance["disclosure"], "notes": list(plan.notes)}


def render_year_plan(plan, needs, register, *, title=None, geometry=None):
    """Stand in."""
    return {"year_plan.json": json_bytes(year_plan_document(plan)), "starts.csv": table_bytes(plan.starts), "years.csv": table_bytes(plan.years), "unserved.csv": table_bytes(plan.never_started), "picture.json": json_bytes(picture_document(state_picture(needs, plan, register))), "picture.html": draw_picture(state_picture(needs, plan, register), title=title).encode(), "map.html": draw_zone_map(needs, plan, register, title=title, geometry=geometry).encode()}
