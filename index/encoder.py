"""Turns texts into vectors whose dot product says how near they are in meaning.

The model that ships is a *static* one: a tokenizer and one row of numbers for each of its pieces; the vector
of a text is the mean of its pieces' rows. Such a folder is in sentence-transformers format, yet needs only
`tokenizers`, `safetensors` and numpy, so that a command line starts without importing torch. Any other model
is handed to `sentence_transformers`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import SourceError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL_DIR = Path(__file__).parent / "model"

# Texts tokenized at once: enough for the tokenizer to share among its threads, few enough to hold in memory.
_BATCH = 128
# No piece reaches over these, if the tokenizer leaves them out: so the shipped one does.
_MARKS = " \n，。；：、（）,.;:()/"
_BETWEEN = re.compile(f"[{re.escape(_MARKS)}]+")
# So many runs of text between marks are remembered with their pieces: some tens of megabytes.
_REMEMBERED = 100_000
# The modules of a sentence-transformers folder that this file computes by itself.
_STATIC_MODULES = ({"StaticEmbedding"}, {"StaticEmbedding", "Normalize"})

Vectors = NDArray[np.float32]
Shares = NDArray[np.float32]


class Encoder(Protocol):
    """An embedding model."""

    @property
    def name(self) -> str:
        """Stable identity: two encoders with one name give the same vectors."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dim), rows of length 1; zeros for a text without a known piece."""

    def overlap(self, questions: Sequence[str], texts: Sequence[str]) -> Shares:
        """How much of each question each text holds word for word: 0 to 1, shape (questions, texts).

        A word counts by what the model has learned that it weighs; zeros from a model that does not tell.
        """


class StaticEncoder:
    """Mean of the rows of a text's pieces; rows may be stored as int8 with one factor a piece."""

    def __init__(
        self, name: str, tokenizer: Tokenizer, rows: NDArray[Any], factors: NDArray[Any] | None = None
    ) -> None:
        """`rows` has shape (pieces, dim), `factors` (pieces,) or None for rows that stand for themselves."""
        self.name = name
        self.dim = int(rows.shape[1])
        self._tokenizer = tokenizer
        self._rows = rows
        self._factors = np.ones(len(rows), np.float32) if factors is None else factors.astype(np.float32)
        self._runs: dict[str, list[int]] = {}
        both = "预算", "支出"
        apart = [piece for part in both for piece in self._tokenized([part])[0]]
        self._separable = all(self._tokenized([mark.join(both)])[0] == apart for mark in _MARKS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dim), rows of length 1; zeros for a text without a known piece."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            for at, pieces in enumerate(self._pieces(batch), start):
                if pieces:
                    vectors[at] = self._factors[pieces] @ self._rows[pieces].astype(np.float32)
        # The mean and the sum of the rows point the same way, so the length is taken care of once, here.
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths > 0, lengths, 1)
        return vectors

    def overlap(self, questions: Sequence[str], texts: Sequence[str]) -> Shares:
        """How much of each question each text holds word for word: 0 to 1, shape (questions, texts).

        A piece counts by the length of its row: as much as it turns a vector.
        """
        shares = np.zeros((len(questions), len(texts)), dtype=np.float32)
        if not len(texts):
            return shares
        nothing = len(self._rows)  # stands in every text, so that none is empty, and weighs nothing
        held = [sorted({*pieces, nothing}) for pieces in self._pieces(list(texts))]
        flat = np.fromiter(chain.from_iterable(held), np.int64)
        starts = np.cumsum([0, *map(len, held[:-1])])
        weights = np.zeros(nothing + 1, dtype=np.float32)
        for share, pieces in zip(shares, self._pieces(list(questions)), strict=True):
            asked = sorted(set(pieces))
            rows = self._rows[asked].astype(np.float32)
            weights[asked] = np.linalg.norm(rows, axis=1) * self._factors[asked]
            share[:] = np.add.reduceat(weights[flat], starts) / (weights[asked].sum() or 1)
            weights[asked] = 0
        return shares

    def _pieces(self, texts: list[str]) -> list[list[int]]:
        """Return the numbers of each text's pieces; what repeats between marks is tokenized once."""
        if not self._separable:
            return self._tokenized(texts)
        if len(self._runs) > _REMEMBERED:
            self._runs = {}
        known = self._runs
        parted = [_BETWEEN.split(text) for text in texts]
        new = [run for run in dict.fromkeys(chain.from_iterable(parted)) if run not in known]
        known.update(zip(new, self._tokenized(new), strict=True))
        return [[piece for run in runs for piece in known[run]] for runs in parted]

    def _tokenized(self, texts: list[str]) -> list[list[int]]:
        return [code.ids for code in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]


class SentenceTransformerEncoder:
    """Any model that sentence-transformers can load; imports torch."""

    def __init__(self, name: str, source: str) -> None:
        """`source` is a folder or a name on the hub."""
        from sentence_transformers import SentenceTransformer

        self.name = name
        self._model = SentenceTransformer(source)
        self.dim = len(self._model.encode("", show_progress_bar=False))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dim), rows of length 1."""
        if not len(texts):
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def overlap(self, questions: Sequence[str], texts: Sequence[str]) -> Shares:
        """Zeros: what a word weighs depends on the words around it."""
        return np.zeros((len(questions), len(texts)), dtype=np.float32)


def model_name(model: str | Path | None = None) -> str:
    """Return the `name` that the encoder of a model will have, without loading it."""
    folder = MODEL_DIR if model is None else Path(model)
    return _fingerprint(folder) if folder.is_dir() else str(model)


def load_encoder(model: str | Path | None = None) -> Encoder:
    """Load the shipped model, or the model in a folder or on the hub; SourceError when it cannot be had."""
    folder = MODEL_DIR if model is None else Path(model)
    if not folder.exists() and _looks_like_path(model):
        raise SourceError(f"找不到嵌入模型：{folder}（请给出模型文件夹或 sentence-transformers 模型名）")
    try:
        if not folder.is_dir():
            return SentenceTransformerEncoder(str(model), str(model))
        name = _fingerprint(folder)
        return _load_static(folder, name) or SentenceTransformerEncoder(name, str(folder))
    except SourceError:
        raise
    except Exception as error:  # tokenizers, safetensors and torch raise bare Exceptions of many kinds
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise SourceError(f"无法读取嵌入模型：{folder}（{reason}）") from error


def _looks_like_path(model: str | Path | None) -> bool:
    """Whether `model` can only be meant as a folder: hub names are strings `name` or `owner/name`."""
    return (
        not isinstance(model, str)
        or model.startswith((".", "/", "~"))
        or "\\" in model
        or model.count("/") > 1
    )


def _fingerprint(folder: Path) -> str:
    """Identity of a model folder: what its files hold, wherever it stands; its README does not count."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() != ".md":
            digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return f"local-{digest.hexdigest()[:16]}"


def _load_static(folder: Path, name: str) -> StaticEncoder | None:
    """The static model in `folder`; None when its modules say that it is of another kind."""
    listing = folder / "modules.json"
    if not listing.exists():
        if (
            folder / "config.json"
        ).exists():  # a bare transformer, which sentence-transformers pools by itself
            return None
        raise SourceError(f"嵌入模型文件夹不完整：{folder}（缺少 modules.json）")
    modules = json.loads(listing.read_text(encoding="utf-8"))
    kinds = {module["type"].rsplit(".", 1)[-1]: module["path"] for module in modules}
    if set(kinds) not in _STATIC_MODULES:
        return None

    from safetensors import safe_open
    from tokenizers import Tokenizer

    place = folder / kinds["StaticEmbedding"]
    for part in ("tokenizer.json", "model.safetensors"):
        if not (place / part).exists():
            raise SourceError(f"嵌入模型文件夹不完整：{folder}（缺少 {part}）")
    with safe_open(str(place / "model.safetensors"), framework="numpy") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
    tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if "embedding.weight" in tensors:  # as sentence-transformers saves it
        rows, factors = tensors["embedding.weight"], None
    else:  # as model2vec saves it
        rows, factors = tensors["embeddings"], tensors.get("weights")
        if "mapping" in tensors:
            rows = rows[tensors["mapping"]]
    if len(rows) < tokenizer.get_vocab_size():
        raise SourceError(f"嵌入模型文件夹损坏：{folder}（向量少于词表）")
    return StaticEncoder(name, tokenizer, rows, factors)
