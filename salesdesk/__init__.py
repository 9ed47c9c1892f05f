"""SalesDesk: the work of a sales office in one file. Nothing in this package imports Qt."""

from salesdesk.starting import put_off_imports

put_off_imports()

__version__ = "0.1.0"
