"""Steps attacked where they are about large sizes: known configurations, larger matrices, roots along a line."""
