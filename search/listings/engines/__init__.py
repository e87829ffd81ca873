"""The engines that answer search: tantivy in the process, PostgreSQL when it is not to be had."""
