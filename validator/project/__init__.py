"""A project: check files under their configurations and baselines, in one process or in several."""

from .project import SETTINGS, InternalError, Project, checked_in_parts, failed, forget, validate_file

__all__ = ["SETTINGS", "InternalError", "Project", "checked_in_parts", "failed", "forget", "validate_file"]
