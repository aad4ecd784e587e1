"""Requests to addresses that a person typed in: only to the open internet, however the address is written.

A name is resolved once, each address it stands for is examined, and the connection goes to one that passed: what the name
stands for a moment later does not matter (DNS rebinding). Redirects are not followed. Time and size are bounded.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote, urlsplit

from newsblotter.errors import MissingExtra, SourceError, UsageError

if TYPE_CHECKING:
    import httpcore

TIME_LIMIT_S = 15.0  # for the whole exchange; a receiver answers first and works afterwards
MOST_BYTES = 64 << 10  # of an answer that is looked at

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve: TypeAlias = Callable[[str, int], Iterable[str]]  # a name and a port → addresses

# Networks that Python's ``is_global`` lets pass though they carry, or lead to, addresses inside.
_CLOSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of a site
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
        "192.88.99.0/24",  # relays of 6to4
    )
)


class Unreachable(SourceError):
    """The other side did not answer as it should; trying again later may help."""


class Forbidden(UsageError):
    """The address leads inside, or is none that requests are sent to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes  # its beginning, up to MOST_BYTES


def is_open(address: str) -> bool:
    """Whether an IP address belongs to the open internet."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not found.is_global or found.is_multicast or found.is_reserved or found.is_unspecified:
        return False
    return not any(found in network for network in _CLOSED if network.version == found.version)


def resolve(name: str, port: int) -> list[str]:
    """Every address that a name stands for, as the system resolves it (which knows 0x7f000001 and 127.1, too).

    Raises:
        Unreachable: It stands for none.
    """
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{name}: no such host ({error})") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def check_url(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL that requests may be sent to; the host is not resolved yet.

    Raises:
        Forbidden: It is not http or https, names no host, or carries a login.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Forbidden(f"{url[:200]!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Forbidden(f"{url[:200]!r}: an address begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("an address with a name and password in it is not used: it would stand in logs")
    if any(ord(character) <= 32 for character in url.strip()):
        raise Forbidden(f"{url[:200]!r}: an address holds no spaces or control characters")
    return parts.scheme, parts.hostname, port


def _in_ascii(url: str) -> str:
    """A URL that was checked, as it goes over the wire: names in IDNA, the rest percent-encoded.

    Raises:
        Forbidden: It is none that requests are sent to.
    """
    scheme, host, port = check_url(url)
    try:
        name = host if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Forbidden(f"{host[:200]!r} is no host name: {error}") from error
    shown = f"[{name}]" if ":" in name else name
    default = {"http": 80, "https": 443}[scheme]
    parts = urlsplit(url.strip())
    path, query = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~"), quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return f"{scheme}://{shown}{'' if port == default else f':{port}'}{path}{'?' + query if query else ''}"


class Outbound:
    """Sends requests outside.

    Args:
        resolve: Finds a name's addresses; for tests.
        inside: Let addresses of this machine and of private networks pass, where whoever runs the desk wants that.
        time_limit_s: For one exchange as a whole.
    """

    def __init__(self, resolve: Resolve = resolve, *, inside: bool = False, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._resolve = resolve
        self._inside = inside
        self._time_limit_s = time_limit_s

    def vet(self, host: str, port: int) -> list[str]:
        """The addresses of a host that a connection may go to: all, or none.

        Raises:
            Forbidden: One of them leads inside.
            Unreachable: There are none.
        """
        addresses = list(self._resolve(host, port))
        if not addresses:
            raise Unreachable(f"{host}: no such host")
        closed = [] if self._inside else [address for address in addresses if not is_open(address)]
        if closed:
            raise Forbidden(f"{host} leads to {closed[0]}, inside this machine's networks; nothing is sent there")
        return addresses

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body and take the answer, whatever its status; redirects are not followed.

        Raises:
            Forbidden: The address may not be asked.
            Unreachable: No answer within the time limit.
        """
        url = _in_ascii(url)
        core = _load_core()
        deadline = time.monotonic() + self._time_limit_s
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._time_limit_s)
        sent = {"host": urlsplit(url).netloc, "user-agent": "newsblotter", **headers, "content-length": str(len(body))}
        try:
            with (
                core.ConnectionPool(network_backend=_backend(self)) as pool,
                pool.stream("POST", url, headers=list(sent.items()), content=body, extensions={"timeout": limits}) as response,
            ):
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                return Answer(response.status, found, _read(response, deadline, url))
        except _failures(core) as error:
            raise Unreachable(f"{url}: {type(error).__name__}: {error}"[:300]) from error


def _load_core() -> Any:
    try:
        import httpcore
    except ImportError as error:
        raise MissingExtra("Sending alerts needs: pip install 'newsblotter[web]'") from error
    return httpcore


def _failures(core: Any) -> tuple[type[Exception], ...]:
    return (core.NetworkError, core.TimeoutException, core.ProtocolError, core.UnsupportedProtocol, OSError, UnicodeError)


def _read(response: Any, deadline: float, url: str) -> bytes:
    body = b""
    for part in response.iter_stream():
        body += part
        if len(body) >= MOST_BYTES:
            break
        if time.monotonic() > deadline:
            raise Unreachable(f"{url}: the answer took too long")
    return body[:MOST_BYTES]


def _backend(outbound: Outbound) -> httpcore.NetworkBackend:
    """Opens connections to vetted addresses only; the certificate is held against the name."""
    import httpcore

    class Vetted(httpcore.SyncBackend):
        def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Any = None,
        ) -> httpcore.NetworkStream:
            failed: Exception | None = None
            for address in outbound.vet(host, port):
                try:
                    return super().connect_tcp(address, port, timeout, local_address, socket_options)
                except httpcore.ConnectError as error:
                    failed = error
            raise failed or Unreachable(f"{host}: no such host")

    return Vetted()
