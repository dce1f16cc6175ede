"""Records of Zones as files: tables, GeoJSON, and a map of their stages."""
