"""Searches for weights that nearly attain the bounds."""
