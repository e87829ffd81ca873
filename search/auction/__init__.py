"""What decides the price of attention, and nothing else: auctions, budgets, pacing, invalid clicks, attribution.

Pure: no Django, no table, no clock, no chance. Everything comes in as plain values and can be replayed. Integers only:
`_minor` is whole fen, `_micro` millionths of a fen, `_ppm` millionths of one, `_bps` ten-thousandths, `_us`
microseconds since the epoch. Whatever is estimated (a click rate) is fixed-point by the time it comes here.
"""
