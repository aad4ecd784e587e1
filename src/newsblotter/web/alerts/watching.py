"""While the desk is open, a thread looks after the alerts."""

from __future__ import annotations

import logging
import threading

from newsblotter.errors import NewsblotterError
from newsblotter.web.alerts.delivery import Channels, deliver
from newsblotter.web.alerts.events import notice
from newsblotter.web.alerts.searches import list_searches
from newsblotter.web.desk import Desk, NoStoreYet

EVERY_S = 20.0  # a person who waits for an alert does not notice; nothing is read while no search is saved

_log = logging.getLogger("newsblotter.web.alerts")


class Watcher:
    """Notices and delivers every few seconds until it is stopped."""

    def __init__(self, desk: Desk, channels: Channels, public_url: str, every_s: float = EVERY_S) -> None:
        self._desk = desk
        self._channels = channels
        self._public_url = public_url
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="alerts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being sent and end."""
        self._stop.set()
        self._thread.join(timeout=5.0)

    def _watch(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self.look()
            except NoStoreYet:
                continue
            except NewsblotterError as error:
                _log.warning("alerts: %s; tried again in %g s", error, self._every_s)

    def look(self) -> None:
        """One look, and what is due sent."""
        people = self._desk.people
        with people.reading() as connection:
            if not list_searches(connection):
                return
        notice(self._desk.store, people, public_url=self._public_url)
        deliver(people, self._channels.send)
