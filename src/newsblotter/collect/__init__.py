"""Collect: sources → raw pages → reports."""

from newsblotter.collect.clean import CleanSettings, clean_pages
from newsblotter.collect.formats import FORMATS, ReadSettings, read_pages
from newsblotter.collect.pages import PageReader

__all__ = ["FORMATS", "CleanSettings", "PageReader", "ReadSettings", "clean_pages", "read_pages"]
