"""What villagers say of the service, and calling them back."""
