"""Places: from a path in a value to a line and a column of the text it was read from."""
