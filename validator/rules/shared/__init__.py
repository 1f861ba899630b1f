"""Helpers that rules of several areas share."""
