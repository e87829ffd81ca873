"""Everything on one machine: servers, processes, demo data, provider simulators."""
