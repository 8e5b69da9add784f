"""Printed papers: layouts, barcodes, fonts. Content goes in as plain data, finished PDF bytes come out."""
