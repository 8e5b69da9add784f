"""办事指南: finding an item, its guide, and noting help given with an online application."""
