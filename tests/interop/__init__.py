"""Peers that are not ours: other people's servers and testers on one side, our program on the other."""
