"""Printed papers: layouts, barcodes, fonts. Content goes in as plain data, finished PDF bytes come out.

The words of a paper are fixed by rule and custom, whatever language the screen speaks; so they stand in its layout, and
not in the message catalogue.
"""
