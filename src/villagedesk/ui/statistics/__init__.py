"""The screen of statistics: a time to choose, figures in words, charts with the table each is drawn from."""
