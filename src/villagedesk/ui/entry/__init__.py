"""The cards on the other side of the door: forgotten password, somebody else at a locked desk, the way back."""
