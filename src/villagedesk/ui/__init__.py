"""Screens: thin Qt widgets that show what the desk says and call what it offers. Nothing heavy is imported here."""
