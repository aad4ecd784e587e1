"""Fields: from a quoted phrase to a typed value. ``find_spans`` finds the phrases, ``fill`` reads them."""

from newsblotter.fields.fill import FieldSettings, Filled, fill
from newsblotter.fields.gazetteer import Gazetteer, load_gazetteer
from newsblotter.fields.readers import find_spans, readers_of
from newsblotter.fields.time import read_when

__all__ = ["FieldSettings", "Filled", "Gazetteer", "fill", "find_spans", "load_gazetteer", "read_when", "readers_of"]
