"""The sections that reports are made of, one file each: what it reads, how it is laid out."""
