"""Merchants' prepaid advertising wallets: topped up, held for a day, charged, invoiced."""
