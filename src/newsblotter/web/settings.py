"""How the desk is set up: one record, given to ``create_app``."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the desk is served."""

    store: str = "incidents.db"
    host: str = "127.0.0.1"
    port: int = 8765
    allowed_hosts: tuple[str, ...] = ()  # names beside the local ones and ``host`` under which browsers may ask for it
    tiles: str | None = None  # a .pmtiles file, or the URL of images with {z}/{x}/{y}, in place of Natural Earth
    tiles_credit: str = ""  # words that the owner of the tiles asks to be shown
    workers: int | None = None  # processes that an import reads with; None: one a processor
    login: bool = (
        False  # ask for a login on this machine's own address, too: behind a proxy, or where several people share a machine
    )
    public_url: str | None = None  # where browsers reach the desk, such as https://blotter.example; None: where it listens
    user: str | None = None  # the name that a local reviewer signs with; None: the login name
    body_bytes: int = 1 << 20  # of a request's body; the forms of the desk take a few hundred bytes
    upload_bytes: int = 256 << 20  # of an import's body

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the desk: nothing is asked of who does."""
        return is_loopback(self.host) and not self.allowed_hosts and not self.login

    @property
    def hosts(self) -> frozenset[str]:
        """The names in a ``Host`` header that are answered."""
        bound = () if self.host in ("0.0.0.0", "::", "") else (self.host,)
        return frozenset(name.lower().strip("[]") for name in (*LOCAL_NAMES, *bound, *self.allowed_hosts))


@lru_cache
def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
