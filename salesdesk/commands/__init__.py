"""The headless commands: the same office without the window. One file an area of the work."""
