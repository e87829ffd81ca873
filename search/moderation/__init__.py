"""Which products staff took off the market, and why. What a shop may not sell is no listing."""
