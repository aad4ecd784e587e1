"""Train the reader: ``python -m newsblotter_lab.training.train --out out/training``.

One command from the labelled texts to checkpoints, in two parts: epochs over everything, then rounds that refine, in which the
small sets weigh more. Seeded: the order of batches is a function of the seed and the pass.
Resumable: run it again and it goes on from the last checkpoint. Writes ``log.jsonl`` (losses a step) and ``loss.svg``.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import Progress

from newsblotter.errors import NewsblotterError
from newsblotter.extract.wordpiece import load_wordpiece
from newsblotter_lab.gold import find_shared, is_held_out
from newsblotter_lab.training import aligned, corpora
from newsblotter_lab.training.network import LOSS_WEIGHTS, Network, find_start, losses
from newsblotter_lab.training.windows import IGNORED, Window, cut_all, load_windows, save_windows

HEADS_RATE = 5  # times the rate of the encoder
MASK = 103  # row of [MASK] in the vocabulary; the other marks and the padding have lower rows
DRAWN = 10  # every tenth step is drawn
POOL = 50  # batches whose windows are sorted by length together: padding falls, order stays random
REPEATS = {"written": 2, "heists": 3, "muc": 3}  # small sets are seen so often an epoch
LARGE = ("gunviolence", "names", "police")  # learnt in the epochs; a round shows a part of them, lest they be forgotten
PART = 5  # a round shows every fifth unit of the large sets


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    seed: int = 7
    epochs: int = 3
    batch_pieces: int = 4096  # word pieces a step, padding included
    rate: float = 2e-4  # of the encoder; the heads learn five times as fast
    warm_up: float = 0.06  # of all steps
    frozen: int = 2  # the lowest layers, kept with the embeddings as they came: three quarters of the time of a step
    rounds: int = 6  # after the epochs: every small set once, a part of the large ones
    rounds_rate: float = 0.5  # of the full rate, at which the rounds begin
    hidden: float = 0.08  # of the word pieces, shown as [MASK], so that the words around a name are learnt as well as the name
    generated: int = corpora.WRITTEN_REPORTS
    save_every: int = 100  # steps
    threads: int = 0  # 0: torch's choice


def gather(folder: Path, plan: Plan, cache: Path) -> list[Window]:
    """All windows to train on, from the cache if it is there."""
    if cache.exists():
        return load_windows(cache)
    told = [e for e in aligned.read_gunviolence(folder) if not is_held_out(e.incident or "")]
    told += [*aligned.read_gvdb(folder), *aligned.read_heists(folder)]
    told += [e for e in corpora.read_muc(folder) if not is_held_out(e.id)]
    told += [*corpora.read_names(folder), *corpora.read_police(folder), *corpora.read_written(plan.seed, plan.generated)]
    windows = cut_all(told, load_wordpiece())
    save_windows(cache, windows)
    return windows


def order(windows: Sequence[Window], plan: Plan, at: int) -> Iterator[list[Window]]:
    """The batches of a pass, an epoch or a round: reports of one incident side by side, windows of like length together."""
    rng = random.Random(plan.seed * 1000 + at)
    is_round = at >= plan.epochs
    units: dict[str, list[Window]] = defaultdict(list)
    for number, window in enumerate(windows):
        for copy in range(1 if is_round else REPEATS.get(window.source, 1)):
            name = window.incident if window.incident and window.first else f"{number}-{copy}"
            if not is_round or window.source not in LARGE or zlib.crc32(name.encode()) % PART == at % PART:
                units[name].append(window)
    mixed = [units[name][at : at + 4] for name in sorted(units) for at in range(0, len(units[name]), 4)]
    rng.shuffle(mixed)
    batches: list[list[Window]] = []
    pool: list[list[Window]] = []
    size = 0
    for unit in mixed:
        pool.append(unit)
        size += sum(len(w.ids) for w in unit)
        if size >= POOL * plan.batch_pieces:
            batches.extend(_pack(pool, plan.batch_pieces))
            pool, size = [], 0
    batches.extend(_pack(pool, plan.batch_pieces))
    rng.shuffle(batches)
    yield from batches


def _pack(pool: list[list[Window]], pieces: int) -> Iterator[list[Window]]:
    batch: list[Window] = []
    for unit in sorted(pool, key=lambda unit: max(len(w.ids) for w in unit)):
        longest = max(len(w.ids) for w in [*batch, *unit])
        if batch and longest * (len(batch) + len(unit)) > pieces:
            yield batch
            batch = []
        batch = [*batch, *unit]
    if batch:
        yield batch


def collate(batch: Sequence[Window]) -> dict[str, torch.Tensor]:
    """Windows of several lengths as padded tensors."""
    width = max(len(w.ids) for w in batch)
    shape = (len(batch), width)
    fields = {"ids": (np.int64, 0), "mask": (np.int64, 0), "allowed": (np.int64, 0), "weight": (np.float32, 0.0)}
    out = {name: np.full(shape, blank, kind) for name, (kind, blank) in fields.items()}
    out |= {name: np.full(shape, IGNORED, np.int64) for name in ("muc", "topic")}
    for row, window in enumerate(batch):
        length = len(window.ids)
        out["mask"][row, :length] = 1
        for name in ("ids", "allowed", "weight", "muc", "topic"):
            out[name][row, :length] = getattr(window, name)
    for name in ("type", "killed", "injured"):
        out[name] = np.array([getattr(window, name) for window in batch], np.int64)
    names = {name: number for number, name in enumerate(sorted({w.incident for w in batch if w.incident}))}
    out["incident"] = np.array([names.get(w.incident or "", -1) for w in batch], np.int64)
    return {name: torch.from_numpy(values) for name, values in out.items()}


class Trainer:
    """A network with its optimizer, its schedule and its log."""

    def __init__(self, out: Path, plan: Plan, windows: Sequence[Window]) -> None:
        torch.manual_seed(plan.seed)
        if plan.threads:
            torch.set_num_threads(plan.threads)
        self.out, self.plan, self.windows = out, plan, windows
        self.network = Network(find_start())
        kept = [self.network.encoder.embeddings, *self.network.encoder.encoder.layer[: plan.frozen]]
        for parameter in (p for module in kept for p in module.parameters()):
            parameter.requires_grad = False
        heads = [p for name, p in self.network.named_parameters() if not name.startswith("encoder.")]
        body = [p for p in self.network.encoder.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            [{"params": body, "lr": plan.rate}, {"params": heads, "lr": HEADS_RATE * plan.rate}], weight_decay=0.01, fused=True
        )
        lengths = [sum(1 for _ in order(windows, plan, at)) for at in range(plan.epochs + plan.rounds)]
        self.epochs_end, self.total = sum(lengths[: plan.epochs]), sum(lengths)
        self.step = 0
        self.spent = 0.0

    def scale(self) -> float:
        """The share of the full learning rate: up over the warm-up, then straight down to nothing; once more for the rounds."""
        is_round = self.step >= self.epochs_end
        first, last, top = (self.epochs_end, self.total, self.plan.rounds_rate) if is_round else (0, self.epochs_end, 1.0)
        steps, done, warm = max(1, last - first), self.step - first, self.plan.warm_up
        return top * min(1.0, (done + 1) / max(1.0, warm * steps)) * max(0.0, min(1.0, (1 - done / steps) / (1 - warm)))

    def hide(self, ids: torch.Tensor) -> torch.Tensor:
        """Some word pieces shown as [MASK], the marks and the padding spared; their labels stand."""
        chosen = (torch.rand(ids.shape) < self.plan.hidden) & (ids > MASK)
        return ids.masked_fill(chosen, MASK)

    def learn(self, batch: dict[str, torch.Tensor]) -> dict[str, float]:
        """One step."""
        began = time.monotonic()
        scale = self.scale()
        for group, rate in zip(self.optimizer.param_groups, (self.plan.rate, HEADS_RATE * self.plan.rate), strict=True):
            group["lr"] = rate * scale
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = self.network(self.hide(batch["ids"]), batch["mask"])
        found = losses(outputs, batch)
        total = torch.stack([LOSS_WEIGHTS[name] * loss for name, loss in found.items()]).sum()
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.spent += time.monotonic() - began
        return {"step": self.step, "seconds": round(self.spent, 1), "rate": scale} | {
            k: round(v.item(), 4) for k, v in found.items()
        }

    def save(self) -> None:
        """Keep everything needed to go on; the old checkpoint stands until the new one is whole."""
        state = {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict(), "step": self.step}
        torch.save(state | {"spent": self.spent, "random": torch.get_rng_state()}, self.out / "checkpoint.new")
        (self.out / "checkpoint.new").replace(self.out / "checkpoint.pt")

    def resume(self) -> None:
        """Go on from the last checkpoint, if there is one."""
        path = self.out / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.spent = state["step"], state["spent"]
            torch.set_rng_state(state["random"])

    def run(self) -> None:
        """Train to the end of the plan."""
        self.network.train()
        at = 0
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as log, Progress(transient=True) as progress:
            task = progress.add_task("training", total=self.total, completed=self.step)
            for number in range(self.plan.epochs + self.plan.rounds):
                for batch in order(self.windows, self.plan, number):
                    at += 1
                    if at <= self.step:
                        continue
                    log.write(json.dumps(self.learn(collate(batch))) + "\n")
                    log.flush()
                    progress.update(task, completed=self.step)
                    if self.step % self.plan.save_every == 0:
                        self.save()
        self.save()


def plot(log: Path, picture: Path) -> None:
    """Draw the losses over the steps, each averaged over fifty."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    figure, axes = pyplot.subplots(figsize=(7, 3.5))
    for name in LOSS_WEIGHTS:
        told = [(row["step"], row[name]) for row in rows if name in row]
        if told:
            steps, values = np.array(told).T
            width = min(50, len(values))
            means = np.convolve(values, np.ones(width) / width, "valid")
            axes.plot(steps[width - 1 :: DRAWN], means[::DRAWN], label=name, linewidth=1.2)
    axes.set(xlabel="step", ylabel="loss, mean of 50 steps", yscale="log")
    axes.legend(fontsize=8, ncols=4, frameon=False)
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None})


def main(arguments: Sequence[str] | None = None) -> None:
    """Train to the end of the plan and draw the losses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/training"))
    defaults = Plan()
    for name, value in asdict(defaults).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value, help=f"default {value}")
    told = vars(parser.parse_args(arguments))
    out: Path = told.pop("out")
    plan = Plan(**told)
    folder = find_shared()
    if folder is None:
        raise NewsblotterError("training needs the labelled reports: name their folder in NEWSBLOTTER_SHARED")
    out.mkdir(parents=True, exist_ok=True)
    windows = gather(folder, plan, out / "windows.pickle")
    trainer = Trainer(out, plan, windows)
    trainer.resume()
    (out / "plan.json").write_text(
        json.dumps(asdict(plan) | {"windows": len(windows), "steps": trainer.total}, indent=1) + "\n", "utf-8"
    )
    trainer.run()
    plot(out / "log.jsonl", out / "loss.svg")


if __name__ == "__main__":
    main()
