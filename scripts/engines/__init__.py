"""What `scripts/check_engines.py` is made of."""
