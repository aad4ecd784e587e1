"""Saved searches that tell: by webhook, e-mail or feed, once an incident or once a change, and why.

    journal → notice → events → bundles → channel

``notice`` holds what the journal says since the last look against each search and writes events; ``deliver`` bundles those
that are due and sends each bundle until it arrives. Both can be broken off at any moment: an event has a key, and no key is
written twice; a bundle that was sent but not marked is sent again under the same id, by which its receiver knows it.
"""

from newsblotter.web.alerts.delivery import Channels, Delivery, deliver, list_deliveries
from newsblotter.web.alerts.events import list_events, notice
from newsblotter.web.alerts.hours import Hours
from newsblotter.web.alerts.mail import MailSettings
from newsblotter.web.alerts.searches import (
    CHANNELS,
    SavedSearch,
    change_search,
    forget_search,
    get_search,
    list_searches,
    save_search,
)

__all__ = [
    "CHANNELS",
    "Channels",
    "Delivery",
    "Hours",
    "MailSettings",
    "SavedSearch",
    "change_search",
    "deliver",
    "forget_search",
    "get_search",
    "list_deliveries",
    "list_events",
    "list_searches",
    "notice",
    "save_search",
]
