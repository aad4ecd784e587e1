"""What ``evaluate --judgements`` does: linking without people's words, held against them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from newsblotter.cli.codes import OK
from newsblotter.cli.options import dump_json, open_for_asking
from newsblotter.store.present import plain

if TYPE_CHECKING:
    from rich.console import Console

    from newsblotter.evaluate import Agreement
    from newsblotter.review.pairs import JudgedPair


def evaluate_judgements(flag: str | None, *, misses: bool, json: bool) -> int:
    """Score linking against the judgements of a store."""
    from newsblotter.evaluate import measure_agreement
    from newsblotter.review.pairs import find_joined, find_judged_pairs
    from newsblotter.revise import unsay_judgements

    with open_for_asking(flag) as store:
        pairs, lost = find_judged_pairs(store)
        if pairs:
            with unsay_judgements(store) as alone:
                joined = find_joined(alone, pairs)
        else:
            joined = set()
    found = measure_agreement({pair.word.number: pair.word.judgement.value for pair in pairs}, joined, len(lost))
    wrong = [pair for pair in pairs if is_missed(pair, joined)]
    if json:
        listed = {"misses": [{**_describe(pair), "joined": pair.word.number in joined} for pair in wrong]} if misses else {}
        print(dump_json({"scores": found.as_dict(), **listed}))
        return OK
    if not found.judged:
        print("newsblotter: nobody judged any pair the same or different", file=sys.stderr)
        return OK
    from newsblotter.cli.terminal import open_console

    _draw(open_console(), found, wrong if misses else [])
    return OK


def is_missed(pair: JudgedPair, joined: set[int]) -> bool:
    """Whether linking decided otherwise than people did."""
    verdict = pair.word.judgement.value
    return verdict != "unsure" and (verdict == "same") != (pair.word.number in joined)


def _describe(pair: JudgedPair) -> dict[str, object]:
    word = pair.word
    told: dict[str, object] = {"number": word.number, "judgement": word.judgement.value, "by": word.by, "why": word.why}
    return {**told, "left": pair.left.id, "right": pair.right.id}


def _draw(console: Console, found: Agreement, wrong: list[JudgedPair]) -> None:
    from newsblotter.cli.scores import make_table

    table = make_table("judged", "joined", "kept apart")
    table.add_row("same", f"{found.same_joined:,}", f"{found.same_apart:,}")
    table.add_row("different", f"{found.different_joined:,}", f"{found.different_apart:,}")
    console.print(table)
    console.print()
    shares = {"agreement": found.agreement, "precision": found.precision, "recall": found.recall}
    for name, share in shares.items():
        console.print(f"{name:10} {'–' if share is None else f'{share:.3f}'}", highlight=False)
    rest = [f"{count:,} {words}" for count, words in ((found.unsure, "unsure"), (found.lost, "lost")) if count]
    if rest:
        console.print(f"not counted: {', '.join(rest)}", style="dim", highlight=False)
    for pair in wrong:
        word = pair.word
        said = f"{word.number}: {word.judgement.value}: {word.left.asked} and {word.right.asked}, by {word.by}"
        console.print(plain(said + (f": {word.why}" if word.why else "")), markup=False, highlight=False)
