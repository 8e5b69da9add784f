"""The screens behind 设置: accounts, backup, log, retention, export, support, security."""
