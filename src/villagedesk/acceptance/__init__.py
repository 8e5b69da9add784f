"""The unified acceptance system 统一受理系统 as the village sees it: port, wire models, HTTP adapter, tus client."""
