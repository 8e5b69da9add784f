"""Makes ``shutter.wav``: two short clicks of falling noise, as of a camera's shutter. Run: ``python make.py``."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 22_050
"""Samples a second."""


def samples() -> np.ndarray:
    """The sound, 16-bit samples of one channel."""
    time = np.arange(round(0.16 * RATE)) / RATE
    noise = np.random.default_rng(1).uniform(-1, 1, len(time))
    sound = np.zeros(len(time))
    for begins, strength in ((0.0, 1.0), (0.07, 0.7)):
        since = time - begins
        sound += np.where(since >= 0, strength * np.exp(-np.maximum(since, 0) / 0.012) * noise, 0)
    return (0.5 * 32767 * sound / np.abs(sound).max()).astype("<i2")


if __name__ == "__main__":
    with wave.open(str(Path(__file__).with_name("shutter.wav")), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples().tobytes())
