"""What advertising costs: caps, leases, decisions, events, hourly charges, credits. No budget is exceeded."""
