"""
What people take away: files and maps.

- ``files``: a Proposal, a Comparison or a report as JSON, GeoJSON and CSV, with the map;
- ``proposal_json``: the document and the Zones of a Proposal, each Zone written once for both;
- ``tables``: tables as CSV and GeoJSON, column by column;
- ``maps/``: the map as one HTML document, drawn with Folium; ``maps/capacity/``: that of a match or a year plan;
- ``capacity/``: a match or a year plan as files, with the state's picture on one page;
- ``escaping``: the one place that makes text safe for HTML, Folium and spreadsheets;
- ``assets/``: Leaflet and the outlines of the states, which the maps need.
"""
