"""From the outline to an upright page of the right shape and size."""
