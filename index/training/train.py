"""Training of the rows, and writing of the model folder."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from index.training.pairs import Source
from index.training.vocabulary import UNKNOWN, cuts, divide, tokenize


@dataclass(frozen=True)
class Stage:
    """A part of the training: its share of all batches, and what differs between parts.

    The learning rate falls to nearly nothing within a stage. Of the pieces that two others spell, the share
    `divided` is drawn cut in two (subword regularization, Kudo 2018).
    """

    portion: float
    learning_rate: float
    divided: float


@dataclass(frozen=True)
class Settings:
    """Everything that decides the outcome beside the data."""

    seed: int = 0
    pieces: int = 32_000
    dim: int = 384
    steps: int = 2_800
    batch: int = 1_536
    scale: float = 20.0
    stages: tuple[Stage, ...] = (Stage(6 / 7, 0.3, 0), Stage(1 / 7, 0.15, 0.15))


def train_rows(
    tokenizer: Tokenizer,
    rows: NDArray[np.float32],
    sources: Sequence[Source],
    settings: Settings,
    report: Callable[[str], None],
) -> tuple[NDArray[np.float32], float]:
    """Train `rows`, shape (pieces, dim), so that the sides of a pair meet; also the mean loss at the end.

    Each side must find its partner among all the others of the batch (symmetric softmax over cosines). The
    pairs of a batch are of one source: partners that are hard to tell apart teach most.
    """
    torch.manual_seed(settings.seed)
    rng = Random(settings.seed)
    unknown = tokenizer.token_to_id(UNKNOWN)  # counts for nothing
    bag = torch.nn.EmbeddingBag.from_pretrained(
        torch.from_numpy(rows.copy()), freeze=False, mode="sum", padding_idx=unknown
    )
    divisions = cuts(tokenizer)
    losses: list[float] = []
    started = time.monotonic()
    for number, stage in enumerate(settings.stages):
        steps = max(1, round(settings.steps * stage.portion))
        adam = torch.optim.Adam(bag.parameters(), lr=stage.learning_rate)
        plan = torch.optim.lr_scheduler.LambdaLR(adam, partial(_falling, steps))
        shares = [source.shares[number] for source in sources]
        for _ in range(steps):
            source = rng.choices(sources, shares)[0]
            pairs = source.draw(rng, settings.batch * source.crowd)
            sides = [tokenize(tokenizer, texts) for texts in zip(*pairs, strict=True)]
            if stage.divided:
                sides = [[divide(rng, ids, divisions, stage.divided) for ids in side] for side in sides]
            loss = _loss(bag, pairs, sides, settings.scale)
            adam.zero_grad()
            torch.autograd.backward(loss)
            adam.step()
            plan.step()
            losses.append(loss.item())
            if len(losses) % 100 == 0:
                mean, seconds = np.mean(losses[-100:]), time.monotonic() - started
                report(f"step {len(losses)}/{settings.steps}: loss {mean:.3f}, {seconds:.0f} s")
    trained: NDArray[np.float32] = bag.weight.detach().numpy().copy()
    return trained, float(np.mean(losses[-100:]))


def _falling(steps: int, step: int) -> float:
    """What remains of the learning rate."""
    return max(0.02, 1 - step / steps)


def _loss(
    bag: torch.nn.EmbeddingBag,
    pairs: Sequence[tuple[str, str]],
    sides: Sequence[Sequence[Sequence[int]]],
    scale: float,
) -> torch.Tensor:
    vectors = []
    for ids in sides:
        starts = torch.tensor([0, *itertools.accumulate(len(part) for part in ids[:-1])])
        flat = torch.tensor([number for part in ids for number in part])
        vectors.append(torch.nn.functional.normalize(bag(flat, starts), dim=1))
    scores = scale * vectors[0] @ vectors[1].T
    # The same text drawn twice is no wrong answer to itself.
    for texts in zip(*pairs, strict=True):
        numbers = {text: at for at, text in enumerate(texts)}
        same = torch.tensor([numbers[text] for text in texts])
        repeated = (same[:, None] == same[None, :]) & ~torch.eye(len(same), dtype=torch.bool)
        scores = scores.masked_fill(repeated, -1e4)
    right = torch.arange(len(pairs))
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(scores, right) + cross_entropy(scores.T, right)) / 2


def save_model(folder: Path, tokenizer: Tokenizer, rows: NDArray[np.float32]) -> None:
    """Write the folder that sentence-transformers, model2vec and `index.encoder` load; rows as int8.

    One factor a piece ("weights") turns its int8 row back into numbers; every reader computes row x factor.
    """
    folder.mkdir(parents=True, exist_ok=True)
    factors = np.abs(rows).max(axis=1) / 127
    stored = np.rint(rows / np.where(factors > 0, factors, 1)[:, None]).astype(np.int8)
    tensors = {"embeddings": stored, "weights": factors.astype(np.float32)}
    save_file(tensors, folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)  # safetensors leaves it readable by its owner alone
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    _write_json(folder / "modules.json", modules)
    _write_json(
        folder / "config.json",
        {"model_type": "model2vec", "normalize": True, "max_length": None, "embedding_dtype": "int8"},
    )
    _write_json(folder / "config_sentence_transformers.json", {"prompts": {}, "similarity_fn_name": "cosine"})


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
