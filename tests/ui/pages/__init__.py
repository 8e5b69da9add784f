"""One class per screen: finds widgets by object name, acts by keys and mouse, tells what can be read."""
