"""Turn a checkpoint into the file that ships: ``python -m newsblotter_lab.training.ship --run out/training --out FOLDER``.

PyTorch → ONNX (fp32) → dynamic int8. Two gates stand before the file is written: PyTorch and ONNX fp32 agree to 1e-4, and
int8 keeps the accuracy of fp32 on held-out reports, head by head, to within MAY_LOSE.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from rich.console import Console
from rich.progress import track

from newsblotter.errors import NewsblotterError
from newsblotter.extract.wordpiece import load_wordpiece
from newsblotter_lab.gold import find_shared, is_held_out
from newsblotter_lab.training import aligned, corpora
from newsblotter_lab.training.labels import PARTS
from newsblotter_lab.training.network import OUTPUTS, Network, find_start
from newsblotter_lab.training.train import collate
from newsblotter_lab.training.windows import IGNORED, Window, cut_all

AGREE = 1e-4  # largest difference between PyTorch's logits and ONNX's
MAY_LOSE = 0.01  # of a head's accuracy, by int8; a first trial lost 0.000 to 0.004
MAX_MB = 30.0
# The lowest layer's way back from its wide middle stays in fp32: in int8 it cost five of 385 held-out windows their number of
# killed, more than any other product; 1.7 MB and a fifteenth of the time.
KEPT = "layer.0/output/dense"
OPSET = 17
COMPARED = 16  # windows on which ONNX must say what PyTorch says

_LIKELY_NAMES = ("victim", "suspect", "person")


def export(network: Network, path: Path) -> None:
    """Write the network as an ONNX graph that reads windows of one length, unpadded: masks cost a quarter of the time."""
    network.eval()
    ids = torch.ones((2, 16), dtype=torch.int64)
    axes = {name: {0: "windows", 1: "pieces"} for name in ("ids", "part", "muc", "topic")}
    axes |= {name: {0: "windows"} for name in ("type", "killed", "injured", "vector")}
    with torch.no_grad():
        torch.onnx.export(
            network,
            (ids,),
            str(path),
            input_names=["ids"],
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """An ONNX file ready to run."""
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def largest_difference(network: Network, session: onnxruntime.InferenceSession, windows: Sequence[Window]) -> float:
    """How far ONNX's answers are from PyTorch's on some windows."""
    worst = 0.0
    for window in windows:
        ids = np.asarray(window.ids, np.int64)[None]
        with torch.no_grad():
            expected = network(torch.from_numpy(ids))
        answers = session.run(None, {"ids": ids})
        worst = max(worst, *(float(np.abs(one.numpy() - other).max()) for one, other in zip(expected, answers, strict=True)))
    return worst


def measure(session: onnxruntime.InferenceSession, windows: Sequence[Window]) -> dict[str, float]:
    """Accuracy of every head on labelled windows.

    Returns:
        ``killed``, ``injured``, ``type``, ``topic``: the share of labels that come first. ``part``: the same over the pieces whose
        part is known for sure. ``names``, ``days``, ``places``: the same among a name's, a day's and a place's parts alone.
    """
    hits: dict[str, list[NDArray[np.bool_]]] = {}
    among = {"part": PARTS, "names": _LIKELY_NAMES, "days": ("day", "time"), "places": ("scene", "place")}
    for window in windows:
        batch = collate([window])
        answers = dict(zip(OUTPUTS, session.run(None, {"ids": batch["ids"].numpy()}), strict=True))
        for name in ("type", "killed", "injured", "topic"):
            labels = batch[name].numpy()
            told = labels != IGNORED
            hits.setdefault(name, []).append((answers[name].argmax(-1) == labels)[told])
        allowed = batch["allowed"].numpy()
        for name, parts in among.items():
            rows = [PARTS.index(part) for part in parts]
            best = np.array(rows)[answers["part"][..., rows].argmax(-1)]
            told = np.isin(allowed, [1 << row for row in rows])
            hits.setdefault(name, []).append((1 << best == allowed)[told])
    return {name: float(np.concatenate(found).mean()) for name, found in hits.items() if sum(map(len, found))}


def held_out(folder: Path) -> list[Window]:
    """Windows of the incidents that were kept from training."""
    examples = (e for e in aligned.read_gunviolence(folder) if is_held_out(e.incident or ""))
    return cut_all(examples, load_wordpiece())


def muc_dev(folder: Path) -> list[Window]:
    """Windows of MUC-4's development reports."""
    return cut_all(corpora.read_muc(folder, "dev"), load_wordpiece())


def ship(run: Path, out: Path, windows: Sequence[Window]) -> dict[str, dict[str, float]]:
    """Export, quantise and gate; the quantised file is only left in ``out`` if it passes.

    Raises:
        NewsblotterError: The export differs from the network, or int8 loses too much, or the file is too large.
    """
    out.mkdir(parents=True, exist_ok=True)
    network = Network(find_start())
    network.load_state_dict(torch.load(run / "checkpoint.pt", weights_only=True)["network"])
    full, small = run / "reader-fp32.onnx", run / "reader.onnx"
    export(network, full)
    difference = largest_difference(network, open_session(full), windows[:COMPARED])
    if difference > AGREE:
        raise NewsblotterError(f"ONNX and PyTorch differ by {difference:.2g}, more than {AGREE}: see {full}")
    quantize_dynamic(
        full,
        small,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        nodes_to_exclude=find_kept(full),
    )
    scores = {
        name: measure(open_session(path), list(track(windows, f"measuring {name}", transient=True)))
        for name, path in (("fp32", full), ("int8", small))
    }
    lost = {name: value - scores["int8"][name] for name, value in scores["fp32"].items()}
    if max(lost.values()) > MAY_LOSE:
        raise NewsblotterError(f"int8 loses too much: {lost}")
    size = small.stat().st_size / 1e6
    if size > MAX_MB:
        raise NewsblotterError(f"{small} has {size:.1f} MB, more than {MAX_MB:.0f}")
    name_version(small, out / "reader.onnx")
    return scores


def find_kept(path: Path) -> list[str]:
    """The graph's nodes that stay in fp32: those of the heads, small and with rare labels, and KEPT."""
    return [node.name for node in onnx.load(str(path)).graph.node if "_head" in node.name or KEPT in node.name]


def name_version(source: Path, target: Path) -> None:
    """Copy an ONNX file with a version in its metadata, a hash of its contents: another one makes stores read anew."""
    model = onnx.load(str(source))
    entry = model.metadata_props.add()
    entry.key, entry.value = "version", f"encoder-{hashlib.sha256(source.read_bytes()).hexdigest()[:8]}"
    onnx.save(model, str(target))


def main(arguments: Sequence[str] | None = None) -> None:
    """Export, quantise, gate, and print the scores of both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, default=Path("out/training"))
    parser.add_argument("--out", type=Path, default=Path("src/newsblotter/_data/model"))
    told = parser.parse_args(arguments)
    folder = find_shared()
    if folder is None:
        raise NewsblotterError("the gate needs the labelled reports: name their folder in NEWSBLOTTER_SHARED")
    scores = ship(told.run, told.out, held_out(folder))
    Console().print_json(json.dumps(scores))


if __name__ == "__main__":
    main()
