"""Phrase finders and value readers for languages that are read by word lists alone; English has grammars of its own."""
