"""Commands about alerts: alert list, alert run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from newsblotter.cli.codes import OK
from newsblotter.cli.options import JsonOption, StoreOption, dump_json, open_for_asking
from newsblotter.cli.people import open_desk_of, print_table, show_moment

if TYPE_CHECKING:
    from newsblotter.cli.config import Config
    from newsblotter.web.alerts import Channels

alert = typer.Typer(name="alert", no_args_is_help=True, help="Saved searches that tell by webhook, e-mail or feed.")


def open_channels(config: Config) -> Channels:
    """How alerts leave the house, as newsblotter.toml and the environment say."""
    from newsblotter.outbound import Outbound
    from newsblotter.web.alerts import Channels, MailSettings

    mail = None
    if config.smtp_host:
        sender = config.smtp_sender or f"newsblotter@{config.smtp_host}"
        mail = MailSettings(
            config.smtp_host, sender, config.smtp_port, config.smtp_security, config.smtp_user, config.smtp_password
        )
    return Channels(Outbound(inside=config.alerts_inside), mail)


@alert.command("list")
def list_alerts(store: StoreOption = None, json: JsonOption = False) -> int:
    """List the saved searches and how their last delivery went. They are made at the desk.

    Example: newsblotter alert list
    """
    from newsblotter.web.alerts import list_deliveries, list_searches

    with open_desk_of(store) as desk, desk.reading() as connection:
        searches = list_searches(connection)
        last = {search.id: next(iter(list_deliveries(connection, search.id, 1)), None) for search in searches}
    told: list[dict[str, Any]] = []
    for search in searches:
        one = last[search.id]
        told.append(
            {
                "id": search.id,
                "name": search.name,
                "owner": search.owner,
                "query": search.query,
                "channel": search.channel,
                "target": search.target,
                "watch": list(search.watch),
                "active": search.active,
                "sent_at": one and one.sent_at,
                "error": one and one.error,
            }
        )
    if json:
        typer.echo(dump_json(told))
        return OK
    rows = [
        [
            *(str(part[name]) for name in ("id", "name", "owner", "query", "channel", "target")),
            "resting" if not part["active"] else str(part["error"] or show_moment(part["sent_at"])),
        ]
        for part in told
    ]
    print_table(["id", "name", "owner", "asks for", "by", "to", "last"], rows, "no saved searches; save one at the desk")
    return OK


@alert.command("run")
def run_alerts(store: StoreOption = None, json: JsonOption = False) -> int:
    """Look at what became of the incidents since the last look, and send what is due. The desk does so by itself while it runs.

    Example: newsblotter alert run
    """
    from newsblotter.cli.config import load_config
    from newsblotter.web.alerts import deliver, notice

    config = load_config()
    with open_for_asking(store) as opened, open_desk_of(store) as desk:
        noticed = notice(opened, desk, public_url=config.public_url or "")
        counts = dict(deliver(desk, open_channels(config).send))
    if json:
        typer.echo(dump_json({"noticed": noticed, **counts}))
    else:
        typer.echo(f"{noticed} noticed, {', '.join(f'{number} {what}' for what, number in counts.items())}", err=True)
    return OK
