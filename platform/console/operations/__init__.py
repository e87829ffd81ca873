"""Events, jobs and spare schemas: what runs behind the pages."""
