"""Structure: the schema files, the gate that says yes quickly, and the explainer that says what is wrong."""
