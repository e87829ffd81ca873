"""The shapes of the merchant API: what is sent and what is answered."""
