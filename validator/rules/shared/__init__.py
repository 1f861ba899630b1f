"""What several areas of rules share."""
