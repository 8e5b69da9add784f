"""The practice acceptance system 练习受理系统: keeps the default contract to the letter, fails on request."""
