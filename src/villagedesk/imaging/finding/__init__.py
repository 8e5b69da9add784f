"""Where the paper lies in a photograph, or that none does."""
