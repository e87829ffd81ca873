"""What a shop says of itself: profile, freight, team."""
