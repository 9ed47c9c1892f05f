"""Rules of kind "floor": no piece at less profit, or at a lower price."""

from __future__ import annotations

from salesdesk.calc.money import format_number
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.state import State, Where
from salesdesk.planning.live.view import Names, View
from salesdesk.text import _, joined, ngettext

#: What ``item_rule.at`` says of a floor: of which figure it is one.
PRICE = "price"


def words(rule: Rule, names: Names) -> str:
    """How the rule reads: "Floor: business notebooks, profit at least 300"."""
    of = names.products.get(rule.product_id or 0) or rule.category
    value = (
        _("figure to be filled in") if rule.value is None
        else format_number(rule.value, 2, trim=True)
    )  # fmt: skip
    least = _("price at least {value}") if rule.at == PRICE else _("profit at least {value}")
    return _("Floor: {words}").format(words=joined(filter(None, [of, least.format(value=value)])))


def state(rule: Rule, view: View) -> State:
    """How often it was broken in the plan's period."""
    where = Where("deals")
    if rule.value is None:
        return State(_("figure missing"), "warn", Where("rule"))
    if rule.product_id is None and rule.category and rule.category not in view.names.categories:
        return State(_("no such product"), "warn", Where("rule"))
    broken = view.broken.get(rule.id, 0)
    if not broken:
        return State(_("kept"), "good", where)
    return State(
        ngettext("broken once", "broken {count} times", broken).format(count=broken), "bad", where
    )
