"""The embedding model that ships, and how models are loaded."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.encoder import MODEL_DIR, Encoder, load_encoder
from index.errors import SourceError

TEXTS = [
    "乌鲁木齐市人力资源和社会保障局2026年三公经费预算是多少？",
    "公务接待费",
    "请客吃饭花了多少钱",
    "ＡＢＣ 12.5 万元",
    "龘",
    "一般公共预算财政拨款基本支出，" * 300,
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_shape_type_and_length(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS[:4])
    assert vectors.shape == (4, encoder.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_text_without_a_known_piece_gives_a_zero_row(encoder: Encoder) -> None:
    vectors = encoder.encode(["", "，。！", "😀", "预算"])
    assert not vectors[:3].any()
    assert np.isclose(np.linalg.norm(vectors[3]), 1)


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    vectors = encoder.encode([])
    assert vectors.shape == (0, encoder.dim)
    assert vectors.dtype == np.float32


def test_a_vector_does_not_depend_on_the_company_of_its_text(encoder: Encoder) -> None:
    many = TEXTS * 100
    np.testing.assert_array_equal(encoder.encode(many), encoder.encode(many))
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode(many)[-len(TEXTS) :], alone, atol=1e-6)


def test_full_width_and_case_make_no_difference(encoder: Encoder) -> None:
    left, right = encoder.encode(["ＧＤＰ（２０２６）", "gdp(2026)"])
    np.testing.assert_array_equal(left, right)


def test_meaning_beats_chance(encoder: Encoder) -> None:
    texts = ["职工退休金怎么发", "基本养老保险待遇的支付", "长江流域生态环境保护"]
    question, near, far = encoder.encode(texts)
    assert question @ near > question @ far


def test_overlap_is_the_share_of_the_words_held(encoder: Encoder) -> None:
    texts = ["公务接待费和会议费", "公务接待", "", "办公楼维修", "会议费，公务接待费，公务接待费。" * 20]
    shares = encoder.overlap(["公务接待费", "会议费", "，"], texts)
    assert shares.shape == (3, 5) and shares.dtype == np.float32
    np.testing.assert_allclose(shares[:, 0], [1, 1, 0], atol=1e-6)
    np.testing.assert_allclose(shares[:, 4], shares[:, 0], atol=1e-6)  # neither length nor repetition counts
    assert 0 < shares[0, 1] < 1
    assert not shares[:, 2:4].any()
    assert encoder.overlap(["会议费"], []).shape == (1, 0)
    assert encoder.overlap([], texts).shape == (0, 5)


def test_a_rare_word_weighs_more_than_a_common_one(encoder: Encoder) -> None:
    common, rare = encoder.overlap(["的公函"], ["他的", "一份公函"])[0]
    assert rare > common > 0


def test_name_follows_content_not_place(encoder: Encoder, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(MODEL_DIR, copy)
    (copy / "README.md").write_text("another card", encoding="utf-8")
    assert load_encoder(copy).name == load_encoder(str(copy)).name == encoder.name
    settings = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps({**settings, "changed": True}), encoding="utf-8")
    assert load_encoder(copy).name != encoder.name


def test_shipped_model_needs_no_torch() -> None:
    program = (
        "import sys\n"
        "from index.encoder import load_encoder\n"
        "assert load_encoder().encode(['预算']).any()\n"
        "print(sorted({'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_model_stays_small() -> None:
    assert sum(path.stat().st_size for path in MODEL_DIR.rglob("*") if path.is_file()) <= 16_000_000


@pytest.mark.filterwarnings("ignore")
def test_same_vectors_as_sentence_transformers(encoder: Encoder) -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    texts = [*TEXTS, "", "😀"]
    theirs = sentence_transformers.SentenceTransformer(str(MODEL_DIR), device="cpu").encode(texts)
    np.testing.assert_allclose(encoder.encode(texts), theirs, atol=1e-4)


def test_same_vectors_as_model2vec(encoder: Encoder) -> None:
    model2vec = pytest.importorskip("model2vec")
    theirs = model2vec.StaticModel.from_pretrained(MODEL_DIR).encode(TEXTS)
    np.testing.assert_allclose(encoder.encode(TEXTS), theirs, atol=1e-4)


@pytest.mark.filterwarnings("ignore")
def test_static_folder_saved_by_sentence_transformers(encoder: Encoder, tmp_path: Path) -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    sentence_transformers.SentenceTransformer(str(MODEL_DIR), device="cpu").save(str(tmp_path / "saved"))
    saved = load_encoder(tmp_path / "saved")
    assert type(saved) is type(encoder)
    np.testing.assert_allclose(saved.encode(TEXTS), encoder.encode(TEXTS), atol=1e-5)


@pytest.mark.parametrize("kind", [str, Path])
def test_missing_model(kind: type, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="找不到嵌入模型"):
        load_encoder(kind(tmp_path / "nowhere"))


@pytest.mark.parametrize("part", ["model.safetensors", "tokenizer.json"])
def test_incomplete_model(part: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(MODEL_DIR, copy)
    (copy / part).unlink()
    with pytest.raises(SourceError, match=f"缺少 {part}"):
        load_encoder(copy)


@pytest.mark.filterwarnings("ignore")
def test_other_models_go_through_sentence_transformers(tmp_path: Path) -> None:
    library = pytest.importorskip("sentence_transformers")
    tokenizer = pytest.importorskip("tokenizers").Tokenizer.from_file(str(MODEL_DIR / "tokenizer.json"))
    bag = library.models.StaticEmbedding(tokenizer, embedding_dim=8)
    library.SentenceTransformer(modules=[bag, library.models.Dense(8, 4)], device="cpu").save(str(tmp_path))
    other = load_encoder(tmp_path)
    vectors = other.encode(TEXTS[:2])
    assert (other.dim, vectors.shape, other.encode([]).shape) == (4, (2, 4), (0, 4))
    assert not other.overlap(TEXTS[:2], TEXTS[:3]).any()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_folder_that_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"缺少 modules\.json"):
        load_encoder(tmp_path)


@pytest.mark.parametrize("part", ["model.safetensors", "tokenizer.json", "modules.json"])
def test_damaged_model(part: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(MODEL_DIR, copy)
    (copy / part).write_bytes(b"not a model")
    with pytest.raises(SourceError, match="无法读取嵌入模型"):
        load_encoder(copy)
