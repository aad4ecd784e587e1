"""Alerts by e-mail, handed to real servers on this machine: encrypted or not, with and without login, and what goes wrong."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiosmtpd", reason="needs: pip install 'newsblotter[webtest]'")
pytest.importorskip("trustme", reason="needs: pip install 'newsblotter[webtest]'")

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from newsblotter.errors import UsageError
from newsblotter.outbound import Unreachable
from newsblotter.web.alerts import Channels, Hours, MailSettings, SavedSearch, deliver, list_deliveries
from newsblotter.web.alerts.delivery import RETRY_AFTER_S
from newsblotter.web.alerts.mail import send_mail
from web.alerts.blotter import Blotter, make_record

SENDER = "blotter@desk.example"
NAME, PASSWORD = "blotter", "open sesame, please"


class Box:
    """What a server took, and how it answers."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.answer = "250 taken"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd calls it so
        if self.answer.startswith("250"):
            self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return self.answer

    def check(self, server: SMTP, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login, given.password))
        right = (given.login, given.password) == (NAME.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


Open = Callable[..., tuple[Box, int]]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Who signed the server's certificate; trusted as the system's own are."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def _certify(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def serve_mail() -> Iterator[Open]:
    """Opens servers: ``serve_mail(tls_context=…, require_starttls=True)`` gives the box and the port."""
    opened: list[Controller] = []

    def open_server(**settings: Any) -> tuple[Box, int]:
        box = Box()
        server = Controller(box, hostname="127.0.0.1", port=_find_port(), authenticator=box.check, ready_timeout=30, **settings)
        server.start()
        opened.append(server)
        return box, server.port

    yield open_server
    for server in opened:
        server.stop()


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def search(blotter: Blotter) -> SavedSearch:
    """A search by e-mail with something to tell."""
    saved = blotter.save(channel="email", target="ada@press.example", name="Robberies “of note”")
    blotter.put(make_record("i1", title="Raid\r\nBcc: victim@example.org"), make_record("i2", title="Überfall in Köln"))
    blotter.notice()
    return saved


def _send(blotter: Blotter, search: SavedSearch, port: int, **settings: Any) -> None:
    chosen = {"host": "localhost", "sender": SENDER, "port": port, "security": "none"} | settings
    send_mail(MailSettings(**chosen), search, "b1", blotter.events(search))


def test_a_letter_arrives_once_with_all_it_tells_and_why(blotter: Blotter, search: SavedSearch, serve_mail: Open) -> None:
    box, port = serve_mail()
    channels = Channels(mail=MailSettings("localhost", SENDER, port, "none"))
    assert deliver(blotter.desk, channels.send) == {"sent": 1, "put off": 0, "given up": 0}
    assert deliver(blotter.desk, channels.send)["sent"] == 0
    [(recipients, letter)] = box.letters
    assert recipients == ["ada@press.example"] and letter["To"] == "ada@press.example" and letter["From"] == SENDER
    assert letter["Bcc"] is None and "of note" in letter["Subject"] and "and 1 more" in letter["Subject"]
    body = letter.get_content()
    assert body.count("Why: new; your search “Robberies “of note”” asks for it") == 2
    assert "Überfall in Köln" in body and "https://desk.example/incidents/i1" in body


def test_it_goes_encrypted_and_logged_in(blotter: Blotter, search: SavedSearch, serve_mail: Open, authority: Any) -> None:
    box, port = serve_mail(tls_context=_certify(authority), require_starttls=True, auth_required=True)
    _send(blotter, search, port, security="starttls", user=NAME, password=PASSWORD)
    assert len(box.letters) == 1 and box.logins == [(NAME.encode(), PASSWORD.encode())]


def test_it_goes_encrypted_from_the_first_byte(blotter: Blotter, search: SavedSearch, serve_mail: Open, authority: Any) -> None:
    box, port = serve_mail(ssl_context=_certify(authority))
    _send(blotter, search, port, security="tls")
    assert len(box.letters) == 1


def test_nothing_is_sent_in_clear_to_a_server_that_cannot_encrypt(blotter: Blotter, search: SavedSearch, serve_mail: Open) -> None:
    box, port = serve_mail(auth_require_tls=False)
    with pytest.raises(Unreachable, match="STARTTLS"):
        _send(blotter, search, port, security="starttls", user=NAME, password=PASSWORD)
    assert box.letters == box.logins == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_gets_nothing(
    blotter: Blotter, search: SavedSearch, serve_mail: Open, authority: Any, security: str
) -> None:
    context = _certify(trustme.CA())
    box, port = serve_mail(**({"tls_context": context} if security == "starttls" else {"ssl_context": context}))
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        _send(blotter, search, port, security=security, user=NAME, password=PASSWORD)
    assert box.letters == box.logins == []


def test_a_certificate_for_another_name_is_none(blotter: Blotter, search: SavedSearch, serve_mail: Open, authority: Any) -> None:
    box, port = serve_mail(tls_context=_certify(authority))
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        _send(blotter, search, port, host="127.0.0.1", security="starttls", user=NAME, password=PASSWORD)
    assert box.letters == box.logins == []


def test_a_wrong_password_is_said_and_not_repeated(blotter: Blotter, search: SavedSearch, serve_mail: Open, authority: Any) -> None:
    box, port = serve_mail(tls_context=_certify(authority), require_starttls=True)
    with pytest.raises(Unreachable, match="Authentication") as told:
        _send(blotter, search, port, security="starttls", user=NAME, password="another word")
    assert "another word" not in str(told.value) and box.letters == []


def test_a_login_where_the_server_takes_none_is_said(blotter: Blotter, search: SavedSearch, serve_mail: Open) -> None:
    box, port = serve_mail()  # offers no login without encryption
    with pytest.raises(Unreachable, match="NotSupported"):
        _send(blotter, search, port, user=NAME, password=PASSWORD)
    assert box.letters == box.logins == []


def test_what_a_server_does_not_take_waits_and_arrives_later(blotter: Blotter, search: SavedSearch, serve_mail: Open) -> None:
    box, port = serve_mail()
    channels = Channels(mail=MailSettings("localhost", SENDER, port, "none"))
    for at, answer in enumerate(("451 later", "550 full", "250 taken")):
        box.answer = answer
        assert deliver(blotter.desk, channels.send)["sent" if answer.startswith("250") else "put off"] == 1
        with blotter.desk.reading() as connection:
            [told] = list_deliveries(connection, search.id)
        assert told.attempts == at + 1 and (told.error is None) is answer.startswith("250")
        blotter.clock.now += timedelta(seconds=RETRY_AFTER_S[at])
    assert len(box.letters) == 1


def test_a_server_that_is_not_there_is_tried_again(blotter: Blotter, search: SavedSearch) -> None:
    channels = Channels(mail=MailSettings("localhost", SENDER, _find_port(), "none"))
    assert deliver(blotter.desk, channels.send)["put off"] == 1
    with blotter.desk.reading() as connection:
        assert "ConnectionRefused" in (list_deliveries(connection, search.id)[0].error or "")


def test_a_security_that_is_none_is_refused(blotter: Blotter, search: SavedSearch) -> None:
    with pytest.raises(UsageError, match="smtp_security"):
        _send(blotter, search, 25, security="ssl3")


def test_a_digest_is_one_letter(blotter: Blotter, serve_mail: Open) -> None:
    box, port = serve_mail()
    blotter.save(channel="email", target="ada@press.example", hours=Hours(digest="daily", digest_at="18:00"))
    channels = Channels(mail=MailSettings("localhost", SENDER, port, "none"))
    for number in range(3):
        blotter.put(make_record(f"i{number}"))
        blotter.notice()
        assert deliver(blotter.desk, channels.send)["sent"] == 0
    blotter.clock.now = blotter.clock.now.replace(hour=18)
    assert deliver(blotter.desk, channels.send)["sent"] == 1
    [(_, letter)] = box.letters
    assert letter.get_content().count("Why: ") == 3
