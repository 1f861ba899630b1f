"""The schema files, the gate that accepts valid requests quickly, and the explainer of refusals."""
