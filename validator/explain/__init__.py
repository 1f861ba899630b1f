"""Explaining: the pages of rules, and the rule behind what the API answered."""
