"""Fixing: edit a text as its fixes say, and leave the rest of it alone."""
