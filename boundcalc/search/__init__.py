"""The search for weights that nearly attain the bounds."""
