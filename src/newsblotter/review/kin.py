"""The series of incidents that are derived by themselves: those around them are asked of the store, and told in turn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from newsblotter.link import series
from newsblotter.link.series import Place, Related, Traits, decode_traits, encode_traits, keys_of, relate
from newsblotter.store import SeriesEntry, Store


def to_entry(traits: Traits) -> SeriesEntry:
    """Traits as the store keeps them."""
    return SeriesEntry(traits.id, traits.place[0], keys_of(traits), encode_traits(traits))


def relate_near(store: Store, traits: Sequence[Traits], replaced: Collection[str]) -> dict[str, tuple[Related, ...]]:
    """What the incidents are related to, and anew what others are to which they mean another series, by id.

    The same as when everything is related anew: an incident hangs on those nearest to it in time for each thing that it shares, so
    only those can change that stand as near to one that came, went or changed.

    Args:
        store: Where the others are.
        traits: The incidents.
        replaced: Ids of the incidents in whose place they stand.
    """
    desk = _Desk(store, traits, replaced)
    touched = {one.id for one in traits} | desk.find_touched()
    desk.load(touched)
    met = {name: desk.find_met(name) for name in sorted(touched)}
    desk.load({other for found in met.values() for other in found})
    return {name: relate(desk.traits[name], (desk.traits[other] for other in sorted(found))) for name, found in met.items()}


class _Desk:
    """The blocks of a store as they will be when the incidents are written."""

    def __init__(self, store: Store, traits: Sequence[Traits], replaced: Collection[str]) -> None:
        self._series = store.series()
        self._removed = self._series.entries(replaced)
        self._own = {one.id: to_entry(one) for one in traits}
        self.traits: dict[str, Traits] = {one.id: one for one in traits}
        self._entries: dict[str, SeriesEntry] = dict(self._own)
        self._added: dict[int, list[Place]] = defaultdict(list)
        for entry in self._own.values():
            for key in entry.keys:
                self._added[key].append((entry.day, entry.id))
        self._fewer = Counter(key for entry in self._removed.values() for key in entry.keys)  # how many leave each block

    def load(self, names: Iterable[str]) -> None:
        """Fetch the incidents that are not at hand."""
        found = self._series.entries(set(names) - self._entries.keys())
        self._entries.update(found)
        self.traits.update((name, decode_traits(entry.traits)) for name, entry in found.items())

    def find_touched(self) -> set[str]:
        """Those that stand near one that came, went or changed."""
        changed = [entry for name, entry in self._removed.items() if self._own.get(name) != entry]
        changed += [entry for name, entry in self._own.items() if self._removed.get(name) != entry]
        return {name for entry in changed for name in self._around(entry)}

    def find_met(self, name: str) -> set[str]:
        """The incidents that one meets."""
        entry = self._entries.get(name)
        return set(self._around(entry)) if entry else set()

    def _around(self, entry: SeriesEntry) -> Iterator[str]:
        """The nearest to an incident in each of its blocks, ``series.REACH`` either way."""
        place = (entry.day, entry.id)
        for key in entry.keys:
            before, after = self._series.around(key, place, series.REACH + self._fewer[key])
            came = self._added.get(key, ())
            earlier = [*(other for other in before if other[1] not in self._removed), *(other for other in came if other < place)]
            later = [*(other for other in after if other[1] not in self._removed), *(other for other in came if other > place)]
            yield from (name for _, name in sorted(earlier, reverse=True)[: series.REACH])
            yield from (name for _, name in sorted(later)[: series.REACH])
