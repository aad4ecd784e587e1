"""Reports → CopyGroups: the same text, re-crawled, syndicated, cut or edited, is one voice."""

from newsblotter.copies.groups import CopySettings, group_copies
from newsblotter.copies.update import CopyChange, Grouping, group_all, update_copies

__all__ = ["CopyChange", "CopySettings", "Grouping", "group_all", "group_copies", "update_copies"]
