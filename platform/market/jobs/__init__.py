"""Long work as rows: progress, errors, resume."""
