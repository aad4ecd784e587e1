"""Entities in MUC-4's roles out of the trained head's answers.

    python -m newsblotter_lab.roles --run out/training    score a checkpoint on MUC-4's development reports
    … --fit                                               choose each role's threshold anew, on training reports held out

The head says of every word piece whether it begins a filler of a role, goes on with one, or neither, wherever the filler stands
in the text. Here its words are joined to phrases, and the phrases that name one thing to one entity.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from newsblotter.extract.wordpiece import Pieces, WordPiece, load_wordpiece
from newsblotter.fields.place_words import load_place_words
from newsblotter.lexicon import people_nouns
from newsblotter_lab.gold import find_shared, is_held_out
from newsblotter_lab.slots import MUC_ROLES, Entities, Labelled, Predict, Spans, normalise, predict_all, read_muc, score_ceaf_ree
from newsblotter_lab.training.labels import MUC_LABELS
from newsblotter_lab.training.labels import MUC_ROLES as HEAD_ROLES
from newsblotter_lab.training.windows import INNER, find_starts

Floats: TypeAlias = NDArray[np.float32]
Answer: TypeAlias = Callable[[NDArray[np.int64], NDArray[np.int64]], Floats]  # ids, mask (windows, pieces) → (…, labels) logits

# The head's names of the roles and the set's stand in the same order.
ROLE_OF = dict(zip(HEAD_ROLES, MUC_ROLES, strict=True))
# The probability from which a word fills a role. Chosen on dev among 0.3 to 0.5 (F1 .437 .438 .449 .459 .444), one for all
# roles; one for each, fitted on the held-out tenth of the training reports, gives .435.
THRESHOLDS: Mapping[str, float] = dict.fromkeys(MUC_ROLES, 0.45)
TRIED = tuple(round(0.1 + 0.05 * step, 2) for step in range(15))  # 0.1 … 0.8
# Two strings of one report and role, one of which holds the other, are one entity in 398 of 577 pairs of MUC-4's training keys.
# Those that share no more than the last word are one in 20 of 31 pairs of perpetrators, and in 20 of 138 pairs of the other roles.
_SHARE_A_HEAD = frozenset({"PerpInd", "PerpOrg"})
_GLOSS = re.compile(r"[\s\"',]*[(\[][\s\"']*")  # between a name and its short form in brackets
_AFTER_HEAD = frozenset("of in at on from for with by to who which that near between and".split())
_SMALL = frozenset({"", *_AFTER_HEAD, "or", "as", "his", "their", "its"})  # "": articles and marks
AROUND = 0.7  # of the threshold, for a word beside one that reaches it; 0.5 and 0.85 do worse on the same reports
_COUNTED = frozenset("two three four five six seven eight nine ten several some many other various unidentified".split())
_PLURAL_LEAST = 4  # letters of a word from which a last s is its plural's


@dataclass(frozen=True, slots=True)
class Filler:
    """Words that fill a role."""

    start: int  # code points, half-open
    end: int
    probability: float


# --- the head's answers ---------------------------------------------------------------------------------------------


def ask(text: str, pieces: WordPiece, answer: Answer) -> tuple[Pieces, Floats]:
    """The probability of every label for every piece of a text; where windows overlap, the mean of both.

    Returns:
        The pieces that were read, and (pieces, labels) float32 in the order of MUC_LABELS.
    """
    cut = pieces.cut(text)
    starts = find_starts(len(cut))
    read = min(len(cut), starts[-1] + INNER)
    cut = Pieces(cut.ids[:read], cut.starts[:read], cut.ends[:read])
    stretches = [cut.ids[at : at + INNER] for at in starts]
    ids = np.full((len(starts), max(map(len, stretches)) + 2), pieces.padding, np.int64)
    mask = np.zeros_like(ids)
    for row, stretch in enumerate(stretches):
        ids[row, : len(stretch) + 2] = [pieces.opening, *stretch, pieces.closing]
        mask[row, : len(stretch) + 2] = 1
    logits = answer(ids, mask)
    total, seen = np.zeros((read, len(MUC_LABELS)), np.float32), np.zeros((read, 1), np.float32)
    for row, (at, stretch) in enumerate(zip(starts, stretches, strict=True)):
        shifted = np.exp(logits[row, 1 : len(stretch) + 1] - logits[row, 1 : len(stretch) + 1].max(-1, keepdims=True))
        total[at : at + len(stretch)] += shifted / shifted.sum(-1, keepdims=True)
        seen[at : at + len(stretch)] += 1
    return cut, (total / np.maximum(seen, 1)).astype(np.float32)


def open_checkpoint(path: Path) -> Answer:
    """The head of a checkpoint of the training."""
    import torch

    from newsblotter_lab.training.network import OUTPUTS, Network, find_start

    network = Network(find_start())
    network.load_state_dict(torch.load(path, weights_only=True)["network"])
    network.eval()

    def answer(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Floats:
        with torch.no_grad():
            found: Floats = network(torch.from_numpy(ids), torch.from_numpy(mask))[OUTPUTS.index("muc")].float().numpy()
        return found

    return answer


def open_shipped() -> Answer | None:
    """The head of the encoder that ships with the product; None where there is no encoder, or it ships without this head."""
    shipped = files("newsblotter").joinpath("_data/model/reader.onnx")
    if not shipped.is_file():
        return None
    import onnxruntime

    with as_file(shipped) as path:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    if "muc" not in {output.name for output in session.get_outputs()}:
        return None

    def answer(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Floats:
        found = np.zeros((*ids.shape, len(MUC_LABELS)), np.float32)
        for row, length in enumerate(mask.sum(1)):  # one by one: the file that ships reads without padding
            found[row, :length] = session.run(["muc"], {"ids": ids[row : row + 1, :length]})[0]
        return found

    return answer


# --- phrases --------------------------------------------------------------------------------------------------------


def find_fillers(text: str, cut: Pieces, shares: Floats, thresholds: Mapping[str, float]) -> dict[str, list[Filler]]:
    """Phrases with a word that fills a role with the threshold's probability at least.

    A word counts as the mean of its pieces. Neighbours belong to the phrase down to AROUND of the threshold; small words and marks
    at its ends do not. After a mark a phrase ends where a word is likelier to begin another than to go on with it.

    Args:
        text: What was read.
        cut: Its pieces.
        shares: (pieces, labels) probabilities in the order of MUC_LABELS.
        thresholds: Role → probability, 0..1.
    """
    words = list(_words(text, cut))
    found: dict[str, list[Filler]] = {}
    for name, role in ROLE_OF.items():
        begin, inside = MUC_LABELS.index(f"B-{name}"), MUC_LABELS.index(f"I-{name}")
        runs: list[list[Filler]] = [[]]
        for first, last in words:
            word = Filler(int(cut.starts[first]), int(cut.ends[last - 1]), float(shares[first:last, [begin, inside]].sum(1).mean()))
            is_after_mark = bool(runs[-1]) and not text[runs[-1][-1].end - 1].isalnum()
            if word.probability < AROUND * thresholds[role] or (is_after_mark and shares[first, begin] > shares[first, inside]):
                runs.append([])
            if word.probability >= AROUND * thresholds[role]:
                runs[-1].append(word)
        trimmed = (_trim(text, run) for run in runs)
        phrases = [Filler(run[0].start, run[-1].end, max(word.probability for word in run)) for run in trimmed if run]
        found[role] = [filler for filler in phrases if filler.probability >= thresholds[role]]
    return found


def _trim(text: str, run: Sequence[Filler]) -> Sequence[Filler]:
    """A run of words without prepositions, articles and marks at its ends."""
    kept = [at for at, word in enumerate(run) if normalise(text[word.start : word.end]) not in _SMALL]
    return run[kept[0] : kept[-1] + 1] if kept else ()


def _words(text: str, cut: Pieces) -> Iterator[tuple[int, int]]:
    """First and last piece, half-open, of every run of letters and digits, and of every mark."""
    first = 0
    for at in range(1, len(cut) + 1):
        is_torn = at < len(cut) and cut.starts[at] == cut.ends[at - 1] and text[cut.starts[at] - 1 : cut.starts[at] + 1].isalnum()
        if not is_torn and at > first:
            yield first, at
            first = at


# --- entities -------------------------------------------------------------------------------------------------------


def merge_fillers(text: str, fillers: Sequence[Filler], role: str) -> list[Filler]:
    """One phrase for each thing that the phrases name: its likeliest, of equals the longest.

    Two phrases name one thing if one holds the other, if one is the other's short form in brackets and, among perpetrators, if
    they have the same head word.
    """
    names = {normalise(text[filler.start : filler.end]) for filler in fillers}
    group = {name: name for name in names}

    def find(name: str) -> str:
        while group[name] != name:
            name = group[name]
        return name

    ordered = sorted(names)
    for at, left in enumerate(ordered):
        for right in ordered[at + 1 :]:
            if (
                f" {left} " in f" {right} "
                or f" {right} " in f" {left} "
                or (role in _SHARE_A_HEAD and _head(left) == _head(right))
            ):
                group[find(left)] = find(right)
    placed = sorted(fillers, key=lambda filler: filler.start)
    for before, after in pairwise(placed):
        if _GLOSS.fullmatch(text, before.end, after.start):
            group[find(normalise(text[before.start : before.end]))] = find(normalise(text[after.start : after.end]))
    best: dict[str, Filler] = {}
    for filler in sorted(fillers, key=lambda filler: (-filler.probability, filler.start - filler.end, filler.start)):
        best.setdefault(find(normalise(text[filler.start : filler.end])), filler)
    return sorted(best.values(), key=lambda filler: filler.start)


def _head(name: str) -> str:
    """The word that says what a phrase names: the last before a preposition, in the singular."""
    word = _find_head(name.split())
    return word[:-1] if word.endswith("s") and len(word) >= _PLURAL_LEAST else word


def _find_head(words: Sequence[str]) -> str:
    last = next((at for at, word in enumerate(words) if at and word in _AFTER_HEAD), len(words))
    return words[last - 1]


def make_predict(answer: Answer, thresholds: Mapping[str, float] = THRESHOLDS) -> Predict:
    """The head as a system that ``slots`` scores."""
    pieces = load_wordpiece()

    def predict(text: str) -> Spans:
        return decode(text, *ask(text, pieces, answer), thresholds)

    return predict


def decode(text: str, cut: Pieces, shares: Floats, thresholds: Mapping[str, float]) -> Spans:
    """From the head's probabilities to one phrase for each entity of each role."""
    found = find_fillers(text, cut, shares, thresholds)
    called = (_shed_titles(text, filler) for filler in found["Victim"] if is_named(text[filler.start : filler.end]))
    found["Victim"] = list(called)
    return {role: [(f.start, f.end) for f in merge_fillers(text, fillers, role)] for role, fillers in found.items()}


def is_named(words: str) -> bool:
    """Whether a victim is called by a name: the set's keys list those, while a head may mark descriptions as well.

    MUC-4's texts are all in capitals, so that a common noun is known by the word lists alone.
    """
    name = normalise(words)
    head = _find_head(name.split())
    return not (head.isdigit() or name.split()[0] in _COUNTED) and _listed().isdisjoint((head, _head(name)))


def _shed_titles(text: str, filler: Filler) -> Filler:
    """A name without what its bearer is, which the keys leave out: "COLONEL", "38-YEAR-OLD PRESIDENT"."""
    words = list(re.finditer(r"\w+", text[filler.start : filler.end]))
    first = next((word for word in words if not word[0][0].isdigit() and word[0].lower() not in _listed()), words[0])
    return Filler(filler.start + first.start(), filler.end, filler.probability)


@cache
def _listed() -> frozenset[str]:
    return frozenset(people_nouns()) | load_place_words().common | load_place_words().titles


# --- thresholds -----------------------------------------------------------------------------------------------------


def fit_thresholds(documents: Sequence[Labelled], answer: Answer, tried: Iterable[float] = TRIED) -> dict[str, float]:
    """For each role the threshold with the best F1 on reports that the head was not trained on; of equals the highest."""
    pieces = load_wordpiece()
    asked = [ask(document.text, pieces, answer) for document in track(documents, "asking", transient=True)]
    gold = {document.id: document.gold for document in documents}
    best: dict[str, tuple[float, float]] = {}
    for threshold in tried:
        said: dict[str, Entities] = {}
        for document, (cut, shares) in zip(documents, asked, strict=True):
            spans = decode(document.text, cut, shares, dict.fromkeys(MUC_ROLES, threshold))
            said |= predict_all([document], lambda _, spans=spans: spans)  # type: ignore[misc]
        scores = score_ceaf_ree(gold, said)
        for role in MUC_ROLES:
            best[role] = max(best.get(role, (0.0, 0.0)), (scores[role].f1, threshold))
    return {role: threshold for role, (_, threshold) in best.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Score a checkpoint, or choose thresholds for it; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, default=Path("out/training"), help="folder of the training")
    parser.add_argument("--fit", action="store_true", help="choose thresholds and print them")
    options = parser.parse_args(arguments)
    shared = find_shared()
    if shared is None:
        sys.exit("MUC-4 is not here: set NEWSBLOTTER_SHARED")
    answer = open_checkpoint(options.run / "checkpoint.pt")
    if options.fit:
        held_out = [document for document in read_muc(shared, "train") if is_held_out(document.id)]
        print(json.dumps(fit_thresholds(held_out, answer)))
        return 0
    documents = read_muc(shared, "dev")
    said = predict_all(list(track(documents, "reading", transient=True)), make_predict(answer))
    for role, score in score_ceaf_ree({document.id: document.gold for document in documents}, said).items():
        print(f"{role:8} precision {score.precision:.3f}  recall {score.recall:.3f}  F1 {score.f1:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
