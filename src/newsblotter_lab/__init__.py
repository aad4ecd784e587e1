"""Readers of labelled sets, scorers and training. May use the product; the product never uses it."""
