"""The four steps of a new case, from choosing the item to the printed receipt."""
