"""Everything kept on the village PC: encrypted database, page vault, keys, audit chain.

Importing this package costs nothing: SQLAlchemy and cryptography are reached only through ``database``, ``keys`` and
``vault``, so that the sign-in page (``slots``, ``status``, ``lock``) is painted before they are read from a slow disk.
"""
