"""Screens of proxy handling 人工代办: carrying papers to the township and what comes back."""
