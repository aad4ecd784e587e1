"""Alerts by e-mail. What stands in a report never reaches a header as it is: line breaks and control characters are taken out."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from newsblotter.errors import UsageError
from newsblotter.outbound import Unreachable
from newsblotter.store.present import plain
from newsblotter.web.alerts.events import Event
from newsblotter.web.alerts.searches import SavedSearch

TIME_LIMIT_S = 30.0
LONGEST_SUBJECT = 150
SECURITIES = ("starttls", "tls", "none")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server that mail is handed to."""

    host: str
    sender: str  # the From address
    port: int = 587
    security: str = "starttls"  # one of SECURITIES
    user: str = ""  # empty: no login
    password: str = ""


def write_mail(search: SavedSearch, bundle_id: str, events: Sequence[Event], sender: str) -> EmailMessage:
    """The message that tells of some events, plain text."""
    first = plain(str(events[0].data.get("title") or "an incident"))
    more = f" and {len(events) - 1} more" if len(events) > 1 else ""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"{plain(search.name)}: {first[:LONGEST_SUBJECT]}{more}"
    message["From"] = sender
    message["To"] = search.target
    message["Date"] = format_datetime(events[-1].at)
    message["Message-ID"] = f"<{bundle_id}@{sender.rpartition('@')[2] or 'newsblotter.invalid'}>"
    message["Auto-Submitted"] = "auto-generated"
    parts = []
    for event in events:
        lines = [plain(str(event.data.get("title") or event.data["id"])), f"  Why: {plain(str(event.data['why']))}"]
        lines += [f"  {event.data['link']}"] if event.data.get("link") else [f"  Incident {event.data['id']}"]
        parts.append("\n".join(lines))
    parts.append(f"-- \nYou saved the search “{plain(search.name)}” in Newsblotter; change or end it on the page of your alerts.")
    message.set_content("\n\n".join(parts) + "\n")
    return message


def send_mail(settings: MailSettings, search: SavedSearch, bundle_id: str, events: Sequence[Event]) -> None:
    """Hand one bundle to the mail server.

    Raises:
        Unreachable: The server did not take it.
        UsageError: The settings cannot be.
    """
    if settings.security not in SECURITIES:
        raise UsageError(f"smtp_security is one of {', '.join(SECURITIES)}, not {settings.security!r}")
    message = write_mail(search, bundle_id, events, settings.sender)
    context = ssl.create_default_context()
    try:
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIME_LIMIT_S, context=context)
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=TIME_LIMIT_S)
        with server:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise Unreachable(f"{settings.host}: mail was not taken: {type(error).__name__}: {error}"[:300]) from error
