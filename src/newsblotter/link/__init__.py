"""Mentions → Links → clusters → Incidents: which reports tell of one incident, and what it then looks like."""

from newsblotter.link.cluster import cluster
from newsblotter.link.identity import Known, Naming, assign_ids
from newsblotter.link.merge import merge, merge_all
from newsblotter.link.profile import build_profiles, find_sure_days
from newsblotter.link.score import LinkSettings, compare_profiles, explain, link_mentions, link_profiles

__all__ = [
    "Known",
    "LinkSettings",
    "Naming",
    "assign_ids",
    "build_profiles",
    "cluster",
    "compare_profiles",
    "explain",
    "find_sure_days",
    "link_mentions",
    "link_profiles",
    "merge",
    "merge_all",
]
