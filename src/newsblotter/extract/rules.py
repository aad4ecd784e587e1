"""The reader: Report → Mentions, by cue words, patterns and the order of a report, and a trained encoder's second opinion."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from itertools import pairwise

from newsblotter.extract.attribution import find_speaker
from newsblotter.extract.casualties import claim_casualties
from newsblotter.extract.cues import CueFinder, load_markers
from newsblotter.extract.document import Claimer, Document, Draft, Finder, ReadWhen, Scene, Sentence
from newsblotter.extract.encoder import Encoder, LateEncoding, load_encoder
from newsblotter.extract.furniture import find_furniture, find_posts, foreign_stretches
from newsblotter.extract.loot import claim_loot
from newsblotter.extract.people import claim_outcomes, claim_people
from newsblotter.extract.phrase_claims import PHRASE_CLAIMERS
from newsblotter.extract.phrase_scenes import PhraseScenes
from newsblotter.extract.scenes import find_scenes
from newsblotter.extract.sentences import split_sentences
from newsblotter.extract.setting import claim_date, claim_place
from newsblotter.extract.suspects import claim_suspects
from newsblotter.extract.target import claim_target
from newsblotter.extract.things import claim_things
from newsblotter.extract.turns import find_turns
from newsblotter.lexicon import list_languages
from newsblotter.records import Claim, Mention, Report, Span, cut_quote, hash_id
from newsblotter.taxonomy import Taxonomy

# Every reader of facts, in the order of the record. A new kind of fact is a function and its line here.
CLAIMERS: tuple[Claimer, ...] = (
    claim_date,
    claim_place,
    claim_target,
    claim_casualties,
    claim_suspects,
    claim_loot,
    claim_things,
    claim_people,
    claim_outcomes,
)

_VERSION = "rules-2"
UNREADABLE_SHARE = 0.6  # of a sentence's characters in furniture, for no fact to be read from it


def lay_out(report: Report, find_spans: Finder) -> Document:
    """Split a report into sentences, mark those that are not the report's own words, and find its phrases."""
    text = report.text
    title_end = len(report.title) if report.title and text.startswith(report.title) else 0
    posts = find_posts(text)
    closed = sorted([*find_furniture(text), *((post.start, post.end) for post in posts)])
    spans: dict[str, tuple[Span, ...]] = {}
    for kind, found in find_spans(text).items():
        spans[kind] = tuple(span for span in found if not _is_closed(span, closed))
    spans["dateline"] = tuple(
        Span(p.dateline_start, p.dateline_end, "dateline") for p in posts if p.dateline_end > p.dateline_start
    )
    whole = tuple(_cut_at(split_sentences(text, report.language), text, sorted({edge for span in closed for edge in span})))
    turns = tuple(at for at in find_turns(text, whole, spans.get("time", ())) if at >= title_end)
    bounds = tuple(_cut_at(whole, text, turns)) if turns else whole
    foreign = frozenset(foreign_stretches(bounds, text, report.language or "en"))
    sentences: list[Sentence] = []
    paragraph, last = 0, 0
    for index, (start, end) in enumerate(bounds):
        paragraph += "\n\n" in text[last:start]
        turned = bool(turns) and bisect_right(turns, start) > bisect_left(turns, last)
        last = end
        covered = sum(max(0, min(end, b) - max(start, a)) for a, b in closed)
        readable = covered < UNREADABLE_SHARE * (end - start) and index not in foreign
        sentences.append(Sentence(index, start, end, text[start:end], paragraph, readable, turned))
    return Document(report, tuple(sentences), spans, title_end)


def _cut_at(bounds: Iterable[tuple[int, int]], text: str, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Cut sentences at the edges within them: where furniture or a post begins or ends, or where they turn; ascending."""
    for start, end in bounds:
        cuts = [start, *edges[bisect_right(edges, start) : bisect_left(edges, end)], end]
        for low, high in pairwise(cuts):
            piece = text[low:high]
            if piece.strip():
                yield low + len(piece) - len(piece.lstrip()), high - len(piece) + len(piece.rstrip())


def _is_closed(span: Span, closed: list[tuple[int, int]]) -> bool:
    return any(a <= span.start and span.end <= b for a, b in closed)


class Rules:
    """Reads reports: English by its grammar, some other languages by their word lists. Safe to share.

    The rules find every fact; where they find several, a trained encoder helps to choose (English only).
    """

    languages = frozenset(list_languages())

    def __init__(self, taxonomy: Taxonomy, encoder: Encoder | None = None) -> None:
        self._encoder = encoder
        self._taxonomy = taxonomy
        self._phrase_scenes: dict[str, PhraseScenes] = {}  # by language, built when the first report in it comes
        self._finder = CueFinder(taxonomy)
        self._markers = load_markers("en")

    @property
    def version(self) -> str:
        """Name and version of the rules and, where they ask one, of the encoder."""
        return _VERSION if self._encoder is None else f"{_VERSION}+{self._encoder.version}"

    def for_copies(self) -> Rules:
        """The same rules, which ask no encoder; what was compiled is shared."""
        alone = copy(self)
        alone._encoder = None
        return alone

    def read(self, report: Report, find_spans: Finder, read_when: ReadWhen) -> tuple[Mention, ...]:
        """Find the incidents that a report tells, each with the words of its facts; values are left to the fields stage.

        Args:
            report: A cleaned report. One in a language that the rules do not read gives nothing.
            find_spans: Finds phrases by kind (time, place, address, money, count, person).
            read_when: Dates a time phrase, to tell incidents of different days apart.

        Returns:
            Mentions in the order of the report; values of their claims are None or partial.
        """
        if report.language is not None and report.language not in self.languages:
            return ()
        document = lay_out(report, find_spans)
        if report.language is not None and report.language != "en":
            found = self._load_phrase_scenes(report.language).find(document, read_when)
            return tuple(_build_mention(document, scene, PHRASE_CLAIMERS) for scene in found)
        if self._encoder is not None:
            document = replace(document, encoding=LateEncoding(partial(self._encoder.read, report.text)))
        scenes = find_scenes(document, self._finder, self._markers, read_when)
        return tuple(_build_mention(document, scene) for scene in scenes)

    def _load_phrase_scenes(self, language: str) -> PhraseScenes:
        if language not in self._phrase_scenes:
            self._phrase_scenes[language] = PhraseScenes(self._taxonomy, language)
        return self._phrase_scenes[language]


def load_rules(taxonomy: Taxonomy) -> Rules:
    """Compile the rules and open the encoder; about 0.3 s."""
    return Rules(taxonomy, load_encoder())


def _build_mention(document: Document, scene: Scene, claimers: Iterable[Claimer] = CLAIMERS) -> Mention:
    report = document.report
    anchor = "" if scene.anchor is None else str(scene.anchor[0])
    mention_id = hash_id("m", report.id, scene.type, str(scene.trigger[0]), anchor)
    drafts: list[Draft] = [Draft("type", scene.trigger[0], scene.trigger[1], scene.sureness, value=scene.type)]
    for claimer in claimers:
        drafts.extend(claimer(document, scene))
    mention = Mention(mention_id, report.id, scene.type, scene.role, cut_quote(report, *scene.trigger), scene.reality)
    language = report.language or "en"
    attributed = (
        draft if draft.said_by or (who := find_speaker(document, draft.start, language)) is None else replace(draft, said_by=who)
        for draft in drafts
    )
    return replace(mention, claims=tuple(_cut_claims(report, mention_id, attributed)))


def _cut_claims(report: Report, mention_id: str, drafts: Iterable[Draft]) -> Iterable[Claim]:
    """One claim for each distinct draft; of equal ones the surest stays."""
    best: dict[tuple[str, int, int, str], Draft] = {}
    for draft in drafts:
        key = (draft.field, draft.start, draft.end, repr(draft.value))
        if key not in best or best[key].score < draft.score:
            best[key] = draft
    for (field, start, end, value), draft in sorted(best.items()):
        claim_id = hash_id("c", mention_id, field, str(start), str(end), value)
        quote = cut_quote(report, start, end)
        yield Claim(claim_id, mention_id, field, quote, draft.value, draft.said_by, round(draft.score, 4))
