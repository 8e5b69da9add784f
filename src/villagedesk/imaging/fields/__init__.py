"""What a page's lines mean: pure rules, one subject a file. Nothing here fills anything in."""
