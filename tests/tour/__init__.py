"""The tour: the main job end to end on the demo office, with pictures of every page."""
