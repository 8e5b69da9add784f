"""The small net that tells an upside-down piece of text from an upright one: PaddleOCR's angle classifier (Apache-2.0).

It lies as a plain file in the rapidocr package; OpenCV runs it, so neither that package nor onnxruntime is loaded.
"""

from __future__ import annotations

import importlib.util
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_FILE = "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
_HEIGHT, _WIDTH = 48, 192
_busy = threading.Lock()


def upright_odds(pieces: list[Pixels]) -> NDArray[np.float64]:
    """For each piece of a text line how much rather it is upright than upside down.

    Args:
        pieces: height × width × 3, BGR, lines running left–right, at most about five times as wide as high.

    Returns:
        One logarithm of the odds each, −5 to 5; empty when the model's file is not there.
    """
    net = _net()
    if net is None or not pieces:
        return np.zeros(0)
    batch = np.stack([_prepared(piece) for piece in pieces])
    with _busy:
        net.setInput(batch)
        shares = np.asarray(net.forward(), np.float64)
    shares = np.clip(shares, 0.0067, 1)
    return np.asarray(np.log(shares[:, 0] / shares[:, 1]), np.float64)


def model_file() -> Path | None:
    """Where the model lies; None when the package came without it."""
    spec = importlib.util.find_spec("rapidocr")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        file = Path(folder) / "models" / _FILE
        if file.is_file():
            return file
    return None


@lru_cache(maxsize=1)
def _net() -> Any:
    file = model_file()
    if file is None:
        return None
    # Read as bytes: OpenCV cannot open a path with Chinese characters on Windows.
    return cv2.dnn.readNetFromONNX(np.frombuffer(file.read_bytes(), np.uint8))


def _prepared(piece: Pixels) -> NDArray[np.float32]:
    """As the model was trained: 48 pixels high, −1 to 1, the room to the right empty."""
    height, width = piece.shape[:2]
    wide = min(_WIDTH, max(8, round(_HEIGHT * width / height)))
    way = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    scaled = cv2.resize(piece, (wide, _HEIGHT), interpolation=way).astype(np.float32)
    room = np.zeros((3, _HEIGHT, _WIDTH), np.float32)
    room[:, :, :wide] = scaled.transpose(2, 0, 1) / 127.5 - 1
    return room
