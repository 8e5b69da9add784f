"""What the clerk is told about a page: empty, gleaming, blurred, covered."""
