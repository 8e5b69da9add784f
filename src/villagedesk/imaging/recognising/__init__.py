"""What pages say, read in a process of its own."""
