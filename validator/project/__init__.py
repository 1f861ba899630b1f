"""A project: files with their configurations and baselines, checked one after the other or side by side."""

from .project import SETTINGS, InternalError, Project, failed, forget, validate_file

__all__ = ["SETTINGS", "InternalError", "Project", "failed", "forget", "validate_file"]
