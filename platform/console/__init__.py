"""The face of the platform's own staff."""
