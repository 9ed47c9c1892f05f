"""Splits are exact: hand-computed cases, and the laws that hold for every split."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc.split import Weight, split
from salesdesk.errors import SplitError

totals = st.integers(-(10**12), 10**12)
steps = st.sampled_from([1, 1, 2, 7, 100, 10_000])
whole_weights = st.lists(st.integers(0, 60), min_size=1, max_size=14)
any_weights = st.lists(
    st.one_of(
        st.integers(0, 10**20),
        st.fractions(0, 50, max_denominator=12),
    ),
    min_size=1,
    max_size=14,
)


def written_out(total: int, weights: Sequence[Weight], step: int) -> list[int]:
    """The rule once more, the plain way, for positive weights: quotas, floors, rests."""
    fractions = [Fraction(weight) for weight in weights]
    a_weight_of_one = Fraction(abs(total), step) / sum(fractions)
    quotas = [a_weight_of_one * weight for weight in fractions]
    parts = [int(quota) * step for quota in quotas]
    rests = [quota - int(quota) for quota in quotas]
    left = abs(total) // step - sum(int(quota) for quota in quotas)
    for rest in sorted(set(rests), reverse=True):
        places = [place for place in range(len(parts)) if rests[place] == rest]
        if left >= len(places):
            chosen = places
        else:
            chosen = [places[len(places) * number // left] for number in range(left)]
            parts[next(place for place in places if place not in chosen)] += abs(total) % step
        for place in chosen:
            parts[place] += step
        left -= len(chosen)
        if len(chosen) < len(places):
            break
    return parts if total >= 0 else [-part for part in parts]


def test_a_year_of_350_000_splits_evenly_over_quarters() -> None:
    assert split(350_000, [1, 1, 1, 1]) == [87_500] * 4


def test_ten_over_three_gives_the_odd_one_to_the_earliest() -> None:
    assert split(10, [1, 1, 1]) == [4, 3, 3]


def test_the_largest_remainder_is_served_first() -> None:
    # Quotas 3.846, 3.077, 3.077: the first has the largest remainder.
    assert split(10, [5, 4, 4]) == [4, 3, 3]
    # Quotas 1.2, 2.4, 6.4: one is left, 0.4 twice: the earlier gets it.
    assert split(10, [3, 6, 16]) == [1, 3, 6]


def test_parts_are_whole_hundreds_and_one_carries_the_rest() -> None:
    # Quotas 333.5 each: 300 each, then 100 to the first, and the last 50 go to the second.
    assert split(1_000_50, [1, 1, 1], step=100_00) == [400_00, 300_50, 300_00]


def test_months_by_working_days_sum_to_the_quarter() -> None:
    # 75,000 yuan in cents over 18, 20 and 23 days: 2,213,114.75 / 2,459,016.39 / 2,827,868.85.
    assert split(75_000_00, [18, 20, 23]) == [2_213_115, 2_459_016, 2_827_869]
    assert split(75_000_00, [18, 20, 23], step=100) == [2_213_100, 2_459_000, 2_827_900]


def test_locked_months_keep_their_value_when_the_year_is_rebalanced() -> None:
    assert split(120, [1] * 4, locked={0: 60, 2: 10}) == [60, 25, 10, 25]


def test_a_locked_value_need_not_fit_the_step() -> None:
    assert split(1_000, [1, 1, 1], step=100, locked={1: 333}) == [367, 333, 300]


def test_a_locked_correction_below_zero_is_made_up_by_the_others() -> None:
    assert split(100, [1, 1, 1], locked={0: -20}) == [-20, 60, 60]


def test_a_negative_total_is_split_by_magnitude() -> None:
    assert split(-10, [1, 1, 1]) == [-4, -3, -3]
    assert split(-100, [1, 3], step=10) == [-30, -70]  # quotas 2.5 and 7.5: a tie, the earlier


def test_places_of_weight_zero_get_nothing() -> None:
    assert split(100, [0, 1, 0, 1]) == [0, 50, 0, 50]


def test_where_all_weights_are_zero_the_split_is_even() -> None:
    assert split(10, [0, 0, 0]) == [4, 3, 3]
    assert split(10, [5, 0, 0], locked={0: 4}) == [4, 3, 3]


def test_nothing_splits_into_nothings() -> None:
    assert split(0, [3, 2, 1], step=100) == [0, 0, 0]


def test_less_than_a_step_goes_to_one_place_whole() -> None:
    assert split(30, [1, 2, 1], step=100) == [0, 30, 0]


def test_fractions_and_integers_mix() -> None:
    assert split(12, [Fraction(1, 2), Fraction("0.5"), 2]) == [2, 2, 8]
    assert split(100, [Fraction("0.083"), Fraction("0.917")]) == [8, 92]


def test_weights_written_as_percentages_give_what_the_whole_numbers_give() -> None:
    whole = [7, 11, 3, 79]
    hundredths = [Fraction(weight, 100) for weight in whole]
    assert split(999_983, hundredths) == split(999_983, whole)


@pytest.mark.parametrize(
    ("total", "weights", "step", "locked", "left", "words"),
    [
        (100, [], 1, {}, 100, "100 is left"),
        (100, [1, -2], 1, {}, 100, "Weight -2 at place 2"),
        (100, [1, Fraction(-1, 2)], 1, {}, 100, "Weight -1/2 at place 2"),
        (100, [1, 1], 0, {}, 100, "not 0"),
        (100, [1, 1], -5, {}, 100, "not -5"),
        (100, [1, 1], 1, {2: 5}, 100, "Place 3"),
        (100, [1, 1], 1, {-1: 5}, 100, "Place 0"),
        (100, [1, 1], 1, {0: 30, 1: 60}, 10, "10 of the total"),
        (100, [1, 1], 1, {0: 130}, -30, "exceed the total by 30"),
        (100, [1, 1], 1, {0: 100, 1: 1}, -1, "exceed the total by 1"),
        (-100, [1, 1], 1, {0: -130}, 30, "exceed the total by 30"),
    ],
)
def test_an_impossible_split_is_refused_and_its_gap_named(
    total: int,
    weights: list[Weight],
    step: int,
    locked: dict[int, int],
    left: int,
    words: str,
) -> None:
    with pytest.raises(SplitError) as refusal:
        split(total, weights, step=step, locked=locked)
    assert refusal.value.gap == left
    assert words in refusal.value.message


def test_all_locked_without_a_gap_is_no_fault() -> None:
    assert split(100, [1, 1], locked={0: 30, 1: 70}) == [30, 70]


@given(totals, any_weights, steps)
def test_parts_always_sum_to_the_total(total: int, weights: list[Weight], step: int) -> None:
    assert sum(split(total, weights, step=step)) == total


@given(st.integers(-(10**60), 10**60), st.lists(st.integers(0, 10**50), min_size=1, max_size=9))
def test_huge_numbers_stay_exact(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    if any(weights):
        for weight, part in zip(weights, parts, strict=True):
            assert abs(Fraction(total * weight, sum(weights)) - part) < 1


@given(totals, any_weights, steps)
def test_at_most_one_part_is_no_multiple_of_the_step(
    total: int, weights: list[Weight], step: int
) -> None:
    odd = [part for part in split(total, weights, step=step) if part % step]
    assert len(odd) <= 1
    assert bool(odd) == bool(total % step)


@given(totals, any_weights, steps)
def test_a_greater_weight_never_gets_less(total: int, weights: list[Weight], step: int) -> None:
    parts = [abs(part) for part in split(total, weights, step=step)]
    fractions = [Fraction(weight) for weight in weights]
    for heavier, more in zip(fractions, parts, strict=True):
        for lighter, less in zip(fractions, parts, strict=True):
            if heavier > lighter:
                assert more >= less


@given(totals, whole_weights.filter(any), steps)
def test_every_part_lies_less_than_a_step_from_its_exact_quota(
    total: int, weights: list[int], step: int
) -> None:
    for weight, part in zip(weights, split(total, weights, step=step), strict=True):
        assert abs(Fraction(total * weight, sum(weights)) - part) < step


@given(totals, any_weights.filter(any), steps)
def test_the_split_is_the_rule_written_out(total: int, weights: list[Weight], step: int) -> None:
    assert split(total, weights, step=step) == written_out(total, weights, step)


@given(st.integers(0, 10**9), whole_weights, steps, st.data())
def test_locked_places_keep_their_value_and_the_rest_splits_as_if_alone(
    total: int, weights: list[int], step: int, data: st.DataObject
) -> None:
    places = data.draw(st.sets(st.integers(0, len(weights) - 1), max_size=len(weights) - 1))
    locked = {place: data.draw(st.integers(0, total // len(weights))) for place in sorted(places)}
    parts = split(total, weights, step=step, locked=locked)
    assert sum(parts) == total
    assert {place: parts[place] for place in locked} == locked
    free = [place for place in range(len(weights)) if place not in locked]
    alone = split(total - sum(locked.values()), [weights[place] for place in free], step=step)
    assert [parts[place] for place in free] == alone


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (30, [1, 1, 1, 1], [8, 7, 8, 7]),
        (12, [4, 5, 5, 5, 4], [2, 3, 3, 2, 2]),
        (3, [1, 1, 1, 1, 1], [1, 1, 0, 1, 0]),
        (2, [1] * 10, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
    ],
)
def test_what_is_left_among_equals_is_dealt_out_evenly(
    total: int, weights: list[int], parts: list[int]
) -> None:
    assert split(total, weights) == parts


@given(st.integers(0, 500), st.integers(1, 60))
def test_equal_places_are_even_from_the_first_on(total: int, places: int) -> None:
    """Whatever stretch one begins with has its share, to less than two."""
    parts = split(total, [1] * places)
    for length in range(1, places + 1):
        assert abs(sum(parts[:length]) - Fraction(total * length, places)) < 2


def test_fairness_goes_before_evenness() -> None:
    """No other parts of 3 keep that a greater weight never gets less."""
    weights = [3, 3, 3, 2, 2, 2]
    fair = [
        parts
        for parts in product(range(4), repeat=6)
        if sum(parts) == 3 and min(parts[:3]) >= max(parts[3:]) and max(parts) - min(parts) <= 1
    ]
    assert fair == [(1, 1, 1, 0, 0, 0)]
    assert split(3, weights) == [1, 1, 1, 0, 0, 0]
