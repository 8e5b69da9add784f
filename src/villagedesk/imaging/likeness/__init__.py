"""Whether two pictures show the same page, and when a new one lies still."""
