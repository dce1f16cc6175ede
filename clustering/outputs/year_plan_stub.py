"""Stand-in for the document and the files of a year plan."""
from clustering.capacity.picture.draw_picture import state_picture
from clustering.outputs.capacity.picture_page import draw_picture
from clustering.outputs.capacity.zone_map import draw_zone_map
from clustering.capacity.picture.documents import picture_document
from clustering.outputs.files import json_bytes
from clustering.outputs.tables import table_bytes
from clustering.capacity.plan_years.documents import year_plan_document


def render_year_plan(plan, needs, register, *, title=None, geometry=None):
    """Stand in."""
    return {"year_plan.json": json_bytes(year_plan_document(plan)), "starts.csv": table_bytes(plan.starts), "falls.csv": table_bytes(plan.years), "partners_by_fall.csv": table_bytes(plan.partners), "not_started.csv": table_bytes(plan.never_started), "picture.json": json_bytes(picture_document(state_picture(needs, plan, register))), "picture.html": draw_picture(state_picture(needs, plan, register), title=title).encode(), "map.html": draw_zone_map(needs, plan, register, title=title, geometry=geometry).encode()}
