"""Says in words what an offer offers, for the margin and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from salesdesk.calc.money import format_number
from salesdesk.office import measures
from salesdesk.planning.reading.offers import (
    ActionOffer,
    CadenceOffer,
    ContingencyOffer,
    FloorOffer,
    Offer,
    TargetOffer,
)
from salesdesk.text import _, joined, mark, ngettext

#: What is read besides the measures that every office knows.
MEASURES: Mapping[str, str] = {
    **{standard.code: standard.name for standard in measures.STANDARD},
    "area_sold": mark("Area sold (m²)"),
    "attainment": mark("Attainment (%)"),
    "books_read": mark("Books read"),
    "closing_rate": mark("Closing rate (%)"),
    "collection_rate": mark("Collection rate (%)"),
    "complaints_solved": mark("Complaints solved"),
    "contacts_added": mark("Contacts added"),
    "customer_records": mark("Customer data gathered"),
    "follow_up_rate": mark("Rate (%)"),
    "follow_ups": mark("Follow-ups"),
    "hires": mark("People hired"),
    "interviews": mark("Job interviews"),
    "leaflets": mark("Leaflets handed out"),
    "listings": mark("Listings published"),
    "margin": mark("Margin (%)"),
    "meetings": mark("Meetings"),
    "messages": mark("Messages sent"),
    "minutes_early": mark("Minutes early"),
    "new_dealers": mark("New dealers"),
    "new_outlets": mark("New outlets"),
    "posts": mark("Posts published"),
    "price": mark("Price"),
    "promotions": mark("Promotions"),
    "quotes": mark("Quotes"),
    "receivables": mark("Receivables"),
    "referrals": mark("Referrals"),
    "samples": mark("Samples sent"),
    "satisfaction": mark("Satisfaction (%)"),
    "stock": mark("Stock"),
    "study_hours": mark("Hours of study"),
    "surveys": mark("Site surveys"),
    "talks": mark("Talks"),
    "trainings": mark("Trainings"),
    "viewings": mark("Viewings"),
}
_EVERY: Mapping[str, str] = {
    "day": mark("every day"),
    "weekday": mark("every working day"),
    "week": mark("every week"),
    "month": mark("every month"),
    "quarter": mark("every quarter"),
    "half_year": mark("in half a year"),
    "year": mark("every year"),
}
_TIERS: Mapping[str, str] = {
    "assigned": mark("assigned task"),
    "goal": mark("own goal"),
    "stretch": mark("stretch"),
}
_WHOM: Mapping[str, str] = {
    "each": mark("for each person"),
    "team": mark("for the team"),
    "office": mark("for the office"),
}
_AT: Mapping[str, str] = {
    "start": mark("at the start"),
    "middle": mark("in the middle"),
    "end": mark("at the end"),
    "monday": mark("on Monday"),
    "tuesday": mark("on Tuesday"),
    "wednesday": mark("on Wednesday"),
    "thursday": mark("on Thursday"),
    "friday": mark("on Friday"),
    "saturday": mark("on Saturday"),
    "sunday": mark("on Sunday"),
}


def told(offer: Offer) -> str:
    """The offer in one line, in the language in force."""
    if isinstance(offer, TargetOffer):
        return _("Target: {words}").format(words=joined(_target(offer)))
    if isinstance(offer, CadenceOffer):
        whom = offer.of or _("grade {grade}").format(grade=offer.grade)
        return _("Contact: {words}").format(words=joined([whom, *periods("day", offer.days)]))
    if isinstance(offer, FloorOffer):
        least = _("{measure} at least {value}").format(
            measure=_(MEASURES[offer.measure]), value=_value(offer.value)
        )
        return _("Floor: {words}").format(words=joined(filter(None, [offer.of, least])))
    if isinstance(offer, ContingencyOffer):
        return _("When it happens: {words}").format(words=offer.when)
    assert isinstance(offer, ActionOffer)
    return _("To do: {words}").format(
        words=joined([*moment(offer.every, offer.at, offer.interval, offer.days), offer.words])
    )


def _target(offer: TargetOffer) -> list[str]:
    words = [offer.name or _(MEASURES[offer.measure])]
    if offer.growth is not None:
        over = (
            _("{percent} % more than in the last period")
            if offer.over == "last_period"
            else _("{percent} % more than last year")
        )
        words.append(over.format(percent=_value(offer.growth)))
    elif offer.to is not None:
        words.append(_("{value} to {to}").format(value=_value(offer.value), to=_value(offer.to)))
    else:
        words.append(_value(offer.value))
    if offer.period:
        words.append(_period(offer.period))
    else:
        words += periods(offer.every, offer.interval)
    words.append(_(_TIERS[offer.tier]))
    if offer.whom:
        words.append(_(_WHOM[offer.whom]))
    if offer.of:
        words.append(offer.of)
    return words


def periods(every: str | None, interval: int) -> list[str]:
    """How often, in words: "every week", "every 3 days"."""
    if every is None:
        return []
    if interval == 1:
        return [_(_EVERY[every])]
    if every == "week":
        words = ngettext("every {count} week", "every {count} weeks", interval)
    elif every == "month":
        words = ngettext("every {count} month", "every {count} months", interval)
    elif every == "quarter":
        words = ngettext("every {count} quarter", "every {count} quarters", interval)
    elif every == "year":
        words = ngettext("every {count} year", "every {count} years", interval)
    else:
        words = ngettext("every {count} day", "every {count} days", interval)
    return [words.format(count=interval)]


def _period(name: str) -> str:
    """A single period: Q1, M3, H2."""
    if name == "H1":
        return _("first half of the year")
    if name == "H2":
        return _("second half of the year")
    if name.startswith("Q"):
        return _("quarter {number}").format(number=name[1:])
    return _("month {number}").format(number=name[1:])


def moment(every: str | None, at: str | None, interval: int, days: int | None) -> list[str]:
    """When an action is done, in words: how often, and where in the period."""
    if days is not None:
        said = (
            ngettext("{count} day before", "{count} days before", days)
            if at == "before"
            else ngettext("{count} day after", "{count} days after", days)
        )
        return [said.format(count=days)]
    words = periods(every, interval)
    if at is None:
        return words
    if at in _AT:
        return [*words, _(_AT[at])]
    if every is None:
        return [_("by {day}").format(day=at)]
    return [*words, _("on day {day}").format(day=at)]


def _value(value: Fraction | None) -> str:
    if value is None:
        return _("figure to be filled in")
    return format_number(int(value * 10_000), 4, trim=True)
