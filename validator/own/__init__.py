"""A team's own rules: their schemas and places, and how they are run over a request."""
