"""Goods out of files: upload, preview, the job and what it found."""
