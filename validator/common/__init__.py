"""Helpers of every part: wording, pointers, redaction, regular expressions that are compiled on first use."""
