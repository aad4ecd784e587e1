"""Everything that Newsblotter raises on purpose.

    NewsblotterError
    ├── UsageError             the call or the command line asks for something that cannot be
    │   ├── UnknownIncident    no incident (or report) goes by that id
    │   └── MissingExtra       an optional part is not installed
    ├── SourceError            a source cannot be read at all (no such file, not a regular file)
    │   ├── GoldError          a file of labels or of an export to be scored is not what it should be
    │   └── BadInput           one page or line is broken: becomes a Rejected record, never a crash
    ├── StoreError             the database cannot serve
    │   ├── StoreBusy          another build holds the store
    │   ├── StoreSlow          a question took longer than it may
    │   ├── StoreTooNew        a newer program wrote the store
    │   └── StoreDamaged       the file is not a sound store
    ├── EvidenceError          a quote does not stand in its report (the first law)
    ├── DataError              a packaged data file (taxonomy, lexicon, gazetteer) is wrong
    └── UnknownMention         a link names a mention outside the run

A message says what went wrong, which thing (id, path, line) and what to do about it.
"""


class NewsblotterError(Exception):
    """Base of every error that Newsblotter raises on purpose."""


class UsageError(NewsblotterError):
    """The call or the command line asks for something that cannot be."""


class UnknownIncident(UsageError):
    """No incident or report goes by that id."""


class MissingExtra(UsageError):
    """An optional part is not installed; the message names the pip command."""


class SourceError(NewsblotterError):
    """A source cannot be read at all."""


class GoldError(SourceError):
    """A file of labels, or of an export to be scored, is not what it should be; the message names file and line."""


class BadInput(SourceError):
    """One page or line is broken; the caller turns this into a ``Rejected`` record."""


class StoreError(NewsblotterError):
    """The database cannot serve the request."""


class StoreBusy(StoreError):
    """Another build holds the store."""


class StoreSlow(StoreError):
    """A question took longer than it may and was broken off; asked more exactly it will be answered."""


class StoreTooNew(StoreError):
    """A newer program wrote the store; this one refuses to touch it."""


class StoreDamaged(StoreError):
    """The file is not a sound store."""


class EvidenceError(NewsblotterError):
    """A quote does not stand, word for word, where it says it stands."""


class DataError(NewsblotterError):
    """A packaged data file is wrong; the message names the file and the entry."""


class UnknownMention(NewsblotterError):
    """A link names a mention that is not part of the run."""
