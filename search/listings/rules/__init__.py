"""Pure decisions of listings: what is filtered by, what a document holds, how it becomes an index entry."""
