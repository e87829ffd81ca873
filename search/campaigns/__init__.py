"""What merchants advertise: campaigns, groups, ads, bought words, own pictures; and how serving follows them."""
