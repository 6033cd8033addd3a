"""Spun Out: the open record of UK public service mutuals, each cell with its proof."""
