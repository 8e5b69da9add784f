"""The unified acceptance system 统一受理系统 as seen from the village: port, wire models, HTTP adapter with its tus client."""
