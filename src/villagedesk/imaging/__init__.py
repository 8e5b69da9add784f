"""Photograph to page: find, flatten, clean, encode. Nothing is imported here: numpy and OpenCV load slowly."""
