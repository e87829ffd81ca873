"""One product: its page of fields, its pictures, its table of variants."""
