"""Training of the reader: labelled texts in, one ONNX file out. Needs the extra ``train``; the product does not.

corpora, aligned → Example → examples (windows, cached) → train (checkpoints, log, plot) → ship (ONNX, int8, gate)
"""
