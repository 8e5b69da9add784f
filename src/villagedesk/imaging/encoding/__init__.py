"""How a page is kept and sent."""
