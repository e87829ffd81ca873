"""What advertising brought the chosen shop: reports, files of them, and why each charge is what it is."""
