"""Backups on a medium of the clerk's choice: encrypted, incremental, read back after writing; and the way back.

``villagedesk-backup/<division>-<first 8 of the installation id>/`` holds ``label.json`` (what is in clear), the epoch
letters taken, ``pages/ab/<64 hex>`` (the vault's files as they are, shared by all generations) and
``generations/<time>/`` (``database``, ``slots-a``, ``slots-b``, ``manifest``). A generation counts once its manifest is
there, which is written last.
"""
