"""Camera, printer and reader ports with their adapters: real, file or folder, and simulated with faults to set."""
