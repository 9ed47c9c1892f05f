"""The demo office: a lively sample of invented people, customers, deals and plans."""

from salesdesk.demo.office import make

__all__ = ["make"]
