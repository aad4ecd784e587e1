"""Requests to addresses that a person typed in reach the open internet and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("httpcore", reason="needs the extra newsblotter[web]")

from newsblotter.outbound import MOST_BYTES, Forbidden, Outbound, Unreachable, check_url, is_open, resolve

OPEN = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4007:80e::200e"]
CLOSED = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "192.88.99.1", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fc00::1", "fd12::1"),
    *("fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1"),
    *("2001::1", "2001:db8::1", "100::1", "", "localhost", "not an address"),
]


@pytest.mark.parametrize("address", OPEN)
def test_addresses_of_the_open_internet_pass(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize("address", CLOSED)
def test_addresses_inside_do_not(address: str) -> None:
    assert not is_open(address)


# The system's resolver reads all of these as 127.0.0.1; what it cannot read is no host.
@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0x7f.1", "①②⑦.⓪.⓪.①", "::1", "0"]
)
def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    url = f"http://[{host}]/" if ":" in host else f"http://{host}/"
    with pytest.raises((Forbidden, Unreachable)):
        Outbound().post(url, b"{}", {})


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "javascript:alert(1)",
        "//example.org/",
        "example.org",
        "",
        "http://",
        "http:///path",
        "http://user:secret@example.org/",
        "http://user@example.org/",
        "http://example.org:99999/",
        "http://example.org/a b",
        "http://example.org/\r\nX-Injected: 1",
        "http://[::1",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        check_url(url)


def test_one_closed_address_among_open_ones_closes_the_name() -> None:
    outbound = Outbound(lambda name, port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Forbidden, match="inside"):
        outbound.vet("both.example", 80)


def test_a_name_is_resolved_once_and_the_vetted_address_is_used() -> None:
    """What the name stands for at a second look (rebinding) does not matter, as there is none."""
    asked: list[str] = []

    def rebinding(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"]

    with _serving(204) as port:
        answer = Outbound(rebinding, inside=True).post(f"http://changing.example:{port}/hook", b"{}", {})
    assert answer.status == 204 and asked == ["changing.example"]


def test_the_name_goes_into_the_host_header() -> None:
    with _serving(200) as port:
        answer = Outbound(lambda name, _: ["127.0.0.1"], inside=True).post(
            f"http://hook.example:{port}/x?y=1", b"body", {"x-own": "1"}
        )
    assert answer.body.decode().splitlines() == [f"hook.example:{port}", "/x?y=1", "1", "body"]


def test_redirects_are_not_followed() -> None:
    with _serving(302, {"Location": "http://169.254.169.254/latest/meta-data"}) as port:
        answer = Outbound(inside=True).post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert answer.status == 302


def test_a_large_answer_is_cut() -> None:
    with _serving(200, body=b"x" * (4 * MOST_BYTES)) as port:
        assert len(Outbound(inside=True).post(f"http://127.0.0.1:{port}/", b"{}", {}).body) == MOST_BYTES


def test_an_answer_that_drips_is_given_up() -> None:
    with _serving(200, drip_s=0.05) as port:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            Outbound(inside=True, time_limit_s=0.5).post(f"http://127.0.0.1:{port}/", b"{}", {})
        assert time.monotonic() - began < 5


def test_nobody_at_home_is_unreachable() -> None:
    with _serving(200) as port:
        pass
    with pytest.raises(Unreachable):
        Outbound(inside=True).post(f"http://127.0.0.1:{port}/", b"{}", {})


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(Unreachable):
        resolve("nowhere.invalid", 80)


@contextmanager
def _serving(status: int, headers: dict[str, str] | None = None, body: bytes | None = None, drip_s: float = 0.0) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"]))
            told = "\n".join((self.headers["host"], self.path, self.headers.get("x-own", ""), sent.decode())).encode()
            said = b"" if status in (204, 302) else body if body is not None else told
            if drip_s:
                said = b"x" * 1000
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            try:
                for at in range(len(said)) if drip_s else ():
                    self.wfile.write(said[at : at + 1])
                    self.wfile.flush()
                    time.sleep(drip_s)
                if not drip_s:
                    self.wfile.write(said)
            except OSError:
                pass

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
