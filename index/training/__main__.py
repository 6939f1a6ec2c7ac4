"""`python -m index.training --data DIR`: train the embedding model, write it and its card.

With `--compare` nothing is written: the same pairs also train a model over overlapping characters and pairs
of characters, and both are measured.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from index.encoder import MODEL_DIR, StaticEncoder, load_encoder
from index.training.grams import GramTokenizer
from index.training.lexicon import read_lexicon
from index.training.measure import measure_folder
from index.training.pairs import Source, sources, training_texts
from index.training.train import Settings, save_model, train_rows
from index.training.vocabulary import build_tokenizer, count_words, initial_rows, rarity

_LEXICON = Path(__file__).parents[2] / "qa" / "lexicon"
_PHRASINGS = Path(__file__).with_name("phrasings.json")
# Enough texts to know which pieces are rare.
_RARITY_SAMPLE = 60_000

_CARD = """\
---
language: zh
license: other
license_name: see-sources-below
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [sentence-transformers, static-embedding, model2vec]
---
# Embedding model of budget-qa

A static embedding model for Chinese (government, law, finance): a Unigram tokenizer of {pieces:,} pieces
(each at most four characters) and {dim} numbers a piece; the vector of a text is the mean of its pieces'
rows, scaled to length 1. It loads as a folder with `SentenceTransformer(path)` (tried with 6.2), with
`model2vec.StaticModel.from_pretrained(path)` (tried with 0.10) and with `index.encoder.load_encoder()`,
which needs no torch. Rows are stored as int8 with one factor a piece: {megabytes:.1f} MB in all.

## How it was made

`python -m index.training --data DIR --seed {seed}`: {steps:,} batches of {batch:,} pairs, each of one
source, symmetric in-batch softmax over cosines x {scale:g}, Adam with a learning rate that falls to nearly
nothing, {seconds:.0f} s on two processor cores. The rows start random, long where the piece is rare in the
training text, and near each other where pieces are spelled alike. Mean loss over the last 100 batches:
{loss:.3f}.

| stage | batches | learning rate | pieces cut in two |
|---|---|---|---|
{stages}
What stands in a batch is what must be told apart: statutes come in runs of neighbouring articles, most of
them asked about in everyday words and often without the clause asked about; budget titles come all at once,
so that neighbouring accounts (行政运行 / 事业运行) meet, some in two tables, some of two departments. In the
second stage many batches hold questions that were written to articles of the law, twice as many at once.
{metrics}
## What it was made from

| text | source | licence |
|---|---|---|
| news headlines and their bodies | DuckBurnIncense/xin-wen-lian-bo | MIT |
| statute titles and articles | LawRefBook/Laws | statutes carry no copyright |
| news articles | IAAR-Shanghai/CRUD_RAG | Apache-2.0 |
| questions about government policies, answers | wjunneng/2020-DataFountain-Outbreak-Assistant | none stated |
| questions of one meaning (AFQMC, LCQMC, OPPO) | zejunwang1/CSTS | research use |
| provincial government work reports 2026 | johncodes404/china-provincial-gov-reports-2026 | government text |
| budget titles, classification, what people call them | this project: {lexicon} | MIT |
| questions about the law, everyday words for its terms | this project: {lay} | MIT |

Pairs drawn (percent of the batches of either stage): {shares}.
None of these texts is part of the project, except the last two. The paraphrase pairs are for research use:
who needs a model without them removes that source in `index/training/pairs.py` and trains again.
"""

_WORDS = "`synonyms.json`, `accounts.json` in `qa/lexicon`, `index/training/phrasings.json`"

_LAY = "`asked.tsv`, `lay.json` in `index/training`"

_METRICS = """\
nDCG@10 of the vectors alone on public sets. Their judgements were not trained on, but their texts overlap
with the training text: 4 of the 400 policy questions and a tenth of the training answers (362 of 3,342)
stand in the policy set, 539 of the 1,444 different statute articles are among the laws; no
question of the other two was found in it. The questions of `asked.tsv` were written by authors who saw the
articles alone; none of them is one of the public ones. Settings were chosen with an eye on all public
questions: expect a little less on others.

| set | nDCG@10 |
|---|---|
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, write the model and its card; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m index.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of gzip TSV files")
    parser.add_argument(
        "--out", type=Path, default=MODEL_DIR, help="folder of the model (default: the shipped one)"
    )
    parser.add_argument(
        "--retrieval", type=Path, help="folder of retrieval sets: measured afterwards, for the card"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=Settings.steps, help="batches to train")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--compare", action="store_true", help="measure two kinds of pieces on --retrieval, write nothing"
    )
    options = parser.parse_args(arguments)
    if options.compare and not options.retrieval:
        parser.error("--compare needs --retrieval")
    if not options.data.is_dir():
        print(f"找不到训练数据文件夹：{options.data}", file=sys.stderr)
        return 2

    torch.set_num_threads(options.threads)
    settings = replace(Settings(), seed=options.seed, steps=options.steps)
    started = time.monotonic()
    texts = training_texts(options.data)
    try:
        drawn = sources(options.data, read_lexicon(_LEXICON, _PHRASINGS))
    except ValueError as error:
        print(f"训练数据与 asked.tsv 不符：{options.data}（{error}）", file=sys.stderr)
        return 2
    print(f"{len(texts)} texts; counting words", flush=True)
    tokenizer = build_tokenizer(count_words(texts), settings.pieces)
    if options.compare:
        kinds: dict[str, Any] = {"unigram": tokenizer, "characters": GramTokenizer(texts, settings.pieces)}
        for name, pieces in kinds.items():
            rows, _ = _train(pieces, texts, drawn, settings)
            print(name, measure_folder(StaticEncoder(name, pieces, rows), options.retrieval), flush=True)
        return 0
    rows, loss = _train(tokenizer, texts, drawn, settings)
    save_model(options.out, tokenizer, rows)
    seconds = time.monotonic() - started
    figures = measure_folder(load_encoder(options.out), options.retrieval) if options.retrieval else {}
    (options.out / "README.md").write_text(
        _card(options.out, settings, drawn, loss, seconds, figures), encoding="utf-8"
    )
    print(f"wrote {options.out} in {seconds:.0f} s {figures}")
    return 0


def _train(
    tokenizer: Any, texts: Sequence[str], drawn: Sequence[Source], settings: Settings
) -> tuple[NDArray[np.float32], float]:
    """Train rows for the pieces of a tokenizer; also the mean loss at the end."""
    random = np.random.default_rng(settings.seed)
    sample = [texts[number] for number in random.permutation(len(texts))[:_RARITY_SAMPLE]]
    rows = initial_rows(tokenizer, rarity(tokenizer, sample), settings.dim, random)
    return train_rows(tokenizer, rows, drawn, settings, lambda line: print(line, flush=True))


def _card(
    folder: Path,
    settings: Settings,
    drawn: Sequence[Source],
    loss: float,
    seconds: float,
    figures: Mapping[str, float],
) -> str:
    totals = [sum(shares) for shares in zip(*(source.shares for source in drawn), strict=True)]
    metrics = "".join(f"| {name} | {value:.3f} |\n" for name, value in figures.items())
    if metrics:
        metrics = f"\n{_METRICS}{metrics}"
    return _CARD.format(
        pieces=settings.pieces,
        dim=settings.dim,
        megabytes=sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) / 1e6,
        seed=settings.seed,
        steps=settings.steps,
        batch=settings.batch,
        scale=settings.scale,
        stages="".join(
            f"| {number} | {settings.steps * stage.portion:,.0f} | {stage.learning_rate:g} "
            f"| {stage.divided:.0%} |\n"
            for number, stage in enumerate(settings.stages, 1)
        ),
        seconds=seconds,
        loss=loss,
        metrics=metrics,
        lexicon=_WORDS,
        lay=_LAY,
        shares=", ".join(f"{source.name} {_percent(source.shares, totals)}" for source in drawn),
    )


def _percent(shares: Sequence[float], totals: Sequence[float]) -> str:
    return " / ".join(f"{100 * share / total:.0f}" for share, total in zip(shares, totals, strict=True))


if __name__ == "__main__":
    sys.exit(main())
