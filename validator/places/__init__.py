"""Find the line and column of a value in the text that it was read from, by its path."""
