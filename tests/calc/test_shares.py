"""A shared deal is credited once, to the cent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc import shares
from salesdesk.errors import InputError


def test_a_third_each_gives_the_odd_cent_to_the_larger_share() -> None:
    assert shares.credited(100_00, [3_334, 3_333, 3_333]) == [33_34, 33_33, 33_33]
    assert shares.credited(1_01, [5_000, 5_000]) == [51, 50]


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(1, 500), min_size=1, max_size=9),
)
def test_the_parts_sum_to_the_whole(total: int, weights: list[int]) -> None:
    points = [*weights, 10_000 - sum(weights)]
    parts = shares.credited(total, points)
    assert sum(parts) == total
    for part, point in zip(parts, points, strict=True):
        assert abs(part * 10_000 - total * point) < 10_000


@pytest.mark.parametrize("points", [[], [5_000, 4_000], [6_000, 5_000], [10_000, 0], [-1, 10_001]])
def test_shares_that_are_not_the_whole_are_refused(points: list[int]) -> None:
    with pytest.raises(InputError):
        shares.credited(100, points)
