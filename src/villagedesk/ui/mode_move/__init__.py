"""The page on which carried cases go over to the acceptance system."""
