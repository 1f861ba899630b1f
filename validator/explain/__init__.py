"""Explain rules: the content of their pages, and the search for a rule by an API message."""
