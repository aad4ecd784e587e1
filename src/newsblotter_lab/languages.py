"""How well reports of each language are read: heists look, built once, scored by language as ``newsblotter evaluate`` does."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "es", "fr", "de", "it")
SET = "data/heists/look"
# Facts with the ending of their measure's name.
_FACTS = {
    "type": "right",
    "date": "exact",
    "place": "25km",
    "killed": "exact",
    "injured": "exact",
    "loot": "right",
    "target": "right",
}
_COUNTS = ("suspects", "arrested")


@cache
def build_export(shared: Path) -> str:
    """Incidents of the set's reports, in all languages together, one a line as ``newsblotter export`` writes them."""
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder, "store.db"))
        command = [sys.executable, "-m", "newsblotter"]
        built = subprocess.run(
            [*command, "build", str(shared / SET / "reports.jsonl"), "--store", store],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if built.returncode not in (0, 3):  # 3: some reports were rejected
            raise SystemExit(f"{SET}: build ended with {built.returncode}: {built.stderr.decode()}")
        return subprocess.run([*command, "export", "--store", store], stdout=subprocess.PIPE, check=True, text=True).stdout


def score_language(shared: Path, language: str) -> dict[str, float]:
    """Scores over the reports of one language.

    Returns:
        ``facts_right``: of all facts that gold knows, the share that is right; how many they are, ``facts``; the share right of
        every field; B-cubed and pairwise F1; ``reports`` and ``incidents`` (gold).
    """
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder, "exported.jsonl")
        exported.write_text(build_export(shared), "utf-8")
        gold, reports, none = (str(shared / SET / f"{name}.jsonl") for name in ("incidents", "reports", "none"))
        command = [sys.executable, "-m", "newsblotter", "evaluate", "--gold", gold, reports, "--none", none, "--json"]
        scored = subprocess.run(
            [*command, "--predicted", str(exported), "--language", language],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    return summarise(json.loads(scored.stdout)["scores"])


def summarise(scores: dict[str, float]) -> dict[str, float]:
    """The measures of ``evaluate`` as one share over all facts, and the shares that it is made of."""
    names = {**_FACTS, **dict.fromkeys(_COUNTS, "right")}
    known = {name: scores[f"{name}_n"] for name in names if scores.get(f"{name}_n")}
    shares = {name: scores[f"{name}_{names[name]}"] for name in known}
    right = sum(shares[name] * number for name, number in known.items())
    told = {"facts_right": right / max(1, sum(known.values())), "facts": sum(known.values())}
    groups = {name: scores[name] for name in ("b3_f1", "pair_f1", "reports")}
    return {**told, **{f"{name}_right": share for name, share in shares.items()}, **groups, "incidents": scores["incidents_gold"]}
