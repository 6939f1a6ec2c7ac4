"""Text in pictures: the optional extra `ocr` (RapidOCR, whose models come with the package).

Nothing is downloaded: the model files are named by their place, and a package without them counts as missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

LineBox = tuple[float, float, float, float]
"""Left, top, right and bottom of a line in points of a picture."""

DETECTED_SIDE = 1280
"""Lines are looked for in a picture whose longer side has so many points, and read in the full one."""
_DETECTOR, _READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"


@dataclass(frozen=True, slots=True)
class Reading:
    """A character as recognised: where its middle is in parts of the picture's width, and how sure it is."""

    text: str
    at: float
    sure: float


class Recogniser:
    """Finds lines of text in a picture of a page and reads pictures of single lines."""

    def __init__(self, detector: Path, reader: Path) -> None:
        from rapidocr import RapidOCR

        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.return_word_box": True,
                "Global.max_side_len": DETECTED_SIDE,
                "Det.model_path": str(detector),
                "Rec.model_path": str(reader),
                "Rec.rec_batch_num": 1,  # more at once are not faster, but need more memory
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # a worker has one core
            }
        )

    def lines(self, picture: Picture) -> list[LineBox]:
        """Return where lines of text stand."""
        found: Any = self._engine(_coloured(picture), use_det=True, use_rec=False)
        boxes = getattr(found, "boxes", None)
        if boxes is None:
            return []
        corners = ((*box.min(0).tolist(), *box.max(0).tolist()) for box in boxes)
        return [(left, top, right, bottom) for left, top, right, bottom in corners]

    def read(self, pictures: Sequence[Picture]) -> list[tuple[Reading, ...]]:
        """Return what stands in each picture of a line."""
        if not pictures:
            return []
        found: Any = self._engine.recognize_txt([_coloured(picture) for picture in pictures])
        return [_readings(info) for info in found.word_results]


def _readings(info: Any) -> tuple[Reading, ...]:
    texts = [text for word in info.words for text in word]
    places = [column for word in info.word_cols for column in word]
    return tuple(
        Reading(text, (place + 0.5) / info.line_txt_len, float(sure))
        for text, place, sure in zip(texts, places, info.confs, strict=False)  # nothing read is sure by 0
    )


def _coloured(picture: Picture) -> Picture:
    return picture[:, :, None].repeat(3, axis=2)


@lru_cache(maxsize=1)
def recogniser() -> Recogniser | None:
    """Return the recogniser, None where the extra is not installed."""
    try:
        import onnxruntime  # noqa: F401
        import rapidocr
    except ImportError:
        return None
    models = Path(rapidocr.__file__).parent / "models"
    detector, reader = models / _DETECTOR, models / _READER
    return Recogniser(detector, reader) if detector.is_file() and reader.is_file() else None
