"""What advertising brought: counts, attribution, revenue, each equal to a recount."""
