"""The shopper's own pages: account, address book, and the doors to portal and console."""
