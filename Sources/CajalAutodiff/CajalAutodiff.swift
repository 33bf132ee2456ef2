// Placeholder to be replaced.
