"""SalesDesk: the work of a sales office in one file. Nothing in this package imports Qt."""

__version__ = "0.1.0"
