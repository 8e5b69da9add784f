"""The road out: outbox runner, changes coming back, link watch, and the thread edge around them."""
