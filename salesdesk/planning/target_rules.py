"""What a target may be and where it may stand: the rules that every writer of targets asks.

A value is money to the cent or a whole number of its measure's steps (whole pieces, whole calls),
not negative but for a profit or a count of the office's own, and below :data:`LARGEST`, so that no
sum an office can have leaves 64 bits. A place lies in the plan's period and belongs to whom the
plan is for.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from salesdesk.calc import texts
from salesdesk.calc.periods import Period
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import people
from salesdesk.office.measures import Measure, measure_by_id
from salesdesk.office.tables import person, team
from salesdesk.planning.places import TIERS, Place, Who
from salesdesk.sales.tables import product
from salesdesk.text import _

#: A target is smaller, in its measure's smallest step: ninety thousand of them sum within 64 bits.
LARGEST = 10**14
#: How long a remark's reason or countermeasure, and a plan's text, may be, in characters.
LONGEST_REMARK, LONGEST_TEXT = 2_000, 100_000


def need_split(measure: Measure, axis: str) -> None:
    """Refuse to split, along "time", "people" or "products", what isn't a sum of such parts.

    Raises InputError: a ratio is no sum at all, and a level's months don't add up to its year.
    """
    if measure.is_ratio:
        raise InputError(
            _(
                "{measure} is a ratio: the parts of its target wouldn't add up to it."
                " Set it for each period and person instead of splitting it."
            ).format(measure=measure.name)
        )
    if axis == "time" and not measure.is_flow:
        raise InputError(
            _(
                "{measure} is what holds at a period's end, so it can't be split over time."
                " Set it for each period."
            ).format(measure=measure.name)
        )


def may_be_negative(measure: Measure) -> bool:
    """Whether a target of the measure may be below zero: a profit's, or an own measure's."""
    parts = (measure, measure.numerator) if measure.is_ratio else (measure,)
    return any(one is not None and one.counts in ("profit", "hand") for one in parts)


def check_value(measure: Measure, value: int, *, any_step: bool = False) -> None:
    """Refuse a value that no target has. Raises InputError naming it.

    With ``any_step`` a count needn't be a multiple of the measure's step: the parts of an older
    target that isn't one can't all be.
    """
    if abs(value) >= LARGEST:
        raise InputError(
            _("{value} is too large for a target.").format(value=measure.format(value))
        )
    if value < 0 and not may_be_negative(measure):
        raise InputError(_("A target can't be negative."))
    # Money is typed, and comes back from sheets with their formulas, to the cent.
    if not any_step and not measure.is_money and value % measure.step:
        raise InputError(
            _(
                "{value} can't be a target of {measure}, which goes in steps of {step} {unit}."
            ).format(
                value=measure.format(value),
                measure=measure.name,
                step=measure.format(measure.step),
                unit=measure.unit,
            )
        )


def check_tier(tier: str) -> None:
    """Refuse a tier that doesn't exist. Raises InputError."""
    if tier not in TIERS:
        raise InputError(_("{tier} isn't a tier of targets.").format(tier=tier))


def measure_in_use(db: Connection, measure_id: int) -> Measure:
    """The measure. Raises NotFoundError, InputError for one that the office doesn't use."""
    measure = measure_by_id(db, measure_id)
    if not measure.active:
        raise InputError(
            _("The office doesn't use the measure {name}: take it into use first.").format(
                name=measure.name
            )
        )
    return measure


def check_who(db: Connection, who: Who) -> None:
    """Refuse a person, team or product that doesn't exist. Raises NotFoundError, InputError.

    A category is a word: templates name those whose products the office is still to enter.
    """
    if who.team_id is not None and who.person_id is not None:
        raise InputError(_("A place is a team's or a person's, not both."))
    if who.product_id is not None and who.category:
        raise InputError(_("A place is a product's or a category's, not both."))
    for within, row_id, words in (
        (team, who.team_id, _("There is no team number {id}.")),
        (person, who.person_id, _("There is no person number {id}.")),
        (product, who.product_id, _("There is no product number {id}.")),
    ):
        if row_id is None:
            continue
        if db.execute(select(within.c.id).where(within.c.id == row_id)).first() is None:
            raise NotFoundError(words.format(id=row_id))


def check_places(db: Connection, owner: Who, period: Period, places: Iterable[Place]) -> None:
    """Refuse places outside a plan of ``owner`` for ``period``. Raises InputError, NotFoundError.

    A person's plan holds only theirs; a team's, the team's and those of whoever belongs to it at
    some time of the period.
    """
    whos = set()
    for place in places:
        if place.period.start < period.start or place.period.end > period.end:
            raise InputError(
                _("{period} lies outside the plan, which is for {whole}.").format(
                    period=place.period.label, whole=period.label
                )
            )
        whos.add(place.who)
    members: set[int] | None = None
    for who in sorted(whos, key=str):
        check_who(db, who)
        if owner.level == "office" or who.whole == owner:
            continue
        if owner.team_id is not None and who.person_id is not None:
            if members is None:
                memberships = people.memberships(db)
                members = memberships.ever_in(owner.team_id, period.start, period.end)
            if who.person_id in members:
                continue
        raise InputError(_("The plan holds no targets of others than those it is for."))


def check_words(text: str, longest: int, what: str) -> str:
    """``text``, ``what`` it is, without spaces around it. Raises InputError for what none holds."""
    return texts.words(what, text, longest)
