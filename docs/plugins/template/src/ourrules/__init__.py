"""Our rules for requests to Claude: `rules.py` has those in Python, `msglint.toml` the others."""
