"""Calls of real clients, with msglint between them and the API; `scripts/check_clients.py` runs them."""
