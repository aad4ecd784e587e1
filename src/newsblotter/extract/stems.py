"""Letters that a pattern cannot do without: a text that holds none of them need not be searched.

stems_of(r"(?:motor-?bikes?|two-?wheelers?)") → {"motor", "wheeler"}

Vocabularies are long and a report holds few of their words, so looking for a few letters first is ten times faster.
"""

from __future__ import annotations

LEAST_LETTERS = 3  # a shorter stem is in every other word and spares nothing


def stems_of(pattern: str) -> frozenset[str] | None:
    """Lower-case letter runs of which every match of a regular expression holds at least one.

    Args:
        pattern: A regular expression of literals, groups, classes, quantifiers and look-arounds.

    Returns:
        The stems, or None where no such set is known (then every text must be searched).
    """
    found, end = _read_alternatives(pattern, 0)
    return found if end == len(pattern) else None


def _better(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    """Of two sets that must both be met, the one that spares more."""
    if a is None or b is None:
        return a or b
    return max(a, b, key=lambda s: (min(len(w) for w in s), -len(s)))


def _read_alternatives(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    """Read up to an unmatched ")" or the end."""
    options: list[frozenset[str] | None] = []
    while True:
        option, at = _read_sequence(pattern, at)
        options.append(option)
        if at >= len(pattern) or pattern[at] != "|":
            break
        at += 1
    union: frozenset[str] = frozenset().union(*(o for o in options if o))
    return (None if any(o is None for o in options) else union), at


def _read_sequence(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    best: frozenset[str] | None = None
    run = ""

    def close(run: str, best: frozenset[str] | None) -> frozenset[str] | None:
        return _better(best, frozenset((run.lower(),)) if len(run) >= LEAST_LETTERS else None)

    while at < len(pattern) and pattern[at] not in "|)":
        char = pattern[at]
        if char.isalpha():
            if pattern[at + 1 : at + 2] in ("?", "*", "{"):
                best, run = close(run, best), ""
            else:
                run += char
            at += 1
            continue
        best, run = close(run, best), ""
        if char == "(":
            inner, at = _read_group(pattern, at)
            if pattern[at : at + 1] not in ("?", "*") and pattern[at : at + 3] != "{0,":
                best = _better(best, inner)
        elif char == "[":
            at = _skip_class(pattern, at)
        else:
            at += 2 if char == "\\" else 1
        while pattern[at : at + 1] in ("?", "*", "+", "{"):
            at = pattern.index("}", at) + 1 if pattern[at] == "{" else at + 1
    return close(run, best), at


def _read_group(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    look = pattern.startswith(("(?!", "(?<!"), at)
    head = next((h for h in ("(?:", "(?=", "(?!", "(?<=", "(?<!") if pattern.startswith(h, at)), "(")
    inner, end = _read_alternatives(pattern, at + len(head))
    return (None if look else inner), end + 1


def _skip_class(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1 : at + 2] in ("]", "^") else 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1
