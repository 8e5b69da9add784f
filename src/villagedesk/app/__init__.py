"""Composition root and command line: puts real adapters into ports and starts window, practice server and checks."""
