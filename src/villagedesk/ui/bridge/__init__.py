"""Entering cases into the acceptance system by hand: what waits, one case box by box, its number back."""
