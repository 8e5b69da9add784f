"""The way of a database from each older schema to today's: ``environment`` runs, ``versions`` say what is done."""
