"""Checking: from a request, as a Python object or as text, to a report."""
