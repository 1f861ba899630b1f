"""The engine: what runs rules over a request, and what it hands them."""
