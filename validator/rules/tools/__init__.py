"""Tools: their definitions, and the JSON Schemas of what they take."""
