"""Tests never need a display: windows are made off-screen unless another platform is asked for."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
