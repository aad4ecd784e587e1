"""Reports → CopyGroups: the same text, re-crawled, syndicated, cut or edited, is one voice."""

from newsblotter.copies.groups import CopySettings, group_copies

__all__ = ["CopySettings", "group_copies"]
