"""Benchmark: searching customers and sorting their list, against plain SQL over the same rows.

Two offices of 300,000 customers: the demo's, and one of Chinese names with 300 owners. What is
searched for is taken from their own rows: names, pinyin, initials, companies, parts of phones, two
characters and more, rare and common, and texts that nobody has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, func, select

from salesdesk.customers import customers
from salesdesk.customers.bounds import keys_of
from salesdesk.customers.customers import CustomerFilter
from salesdesk.customers.tables import activity, customer
from salesdesk.demo.bulk import Pile
from salesdesk.office import founding, people
from salesdesk.office.names import matching_text
from salesdesk.storage import search_index
from salesdesk.workspace import Workspace

_SURNAMES = (
    "张王李赵陈杨吴刘黄周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
    "彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
)
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂建华国文志晓红"
    "玉春海峰浩宇欣怡子轩梓涵思雨佳琪雪梅"
)
_TOWNS = ("北京", "上海", "重庆", "杭州", "南京", "青岛", "厦门", "长沙")
_TRADES = ("贸易", "建材", "科技", "装饰", "物流", "餐饮", "银行", "学校")
_MANY = 300_000
#: The page that the window asks for.
_PAGE = 200

_PLAIN = "SELECT * FROM customer WHERE search_key LIKE ? ESCAPE '\\' ORDER BY id DESC LIMIT 200"


def chinese_office(path: Path) -> Path:
    """An office of 300,000 customers with Chinese names, made when it isn't there yet."""
    if path.exists():
        return path
    rng = Random(8)

    def fill(workspace: Workspace) -> None:
        with workspace.unrecorded() as change:
            owners = [
                people.add_person(change, name=f"{_name(rng)}{number}", role="salesperson")
                for number in range(300)
            ]
            db = change.connection
            with search_index.off(db):
                pile = None
                for _number in range(_MANY):
                    row = _row(rng, owners)
                    pile = pile or Pile(db, customer, tuple(row))
                    pile.rows.append(tuple(row.values()))
                    pile.sink()
                assert pile is not None
                pile.flush()

    founding.new_office(path, name="Chinese", kind="b2b", founder="钱经理", fill=fill).close()
    return path


def _name(rng: Random) -> str:
    return rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))


def _row(rng: Random, owners: Sequence[int]) -> dict[str, Any]:
    name, company = _name(rng), ""
    if rng.random() < 0.4:
        middle = "".join(rng.choices(_GIVEN, k=2))
        company = f"{rng.choice(_TOWNS)}{middle}{rng.choice(_TRADES)}公司"
    phones = f"1{rng.choice('3578')}{rng.randrange(10):d}{rng.randrange(10**8):08d}"
    day = date(2023, 1, 1) + timedelta(days=rng.randrange(1_400))
    last = day + timedelta(days=rng.randrange(300)) if rng.random() < 0.8 else None
    following = None if last is None else last + timedelta(days=rng.randrange(60))
    return {
        "name": name, "company": company, "phones": phones,
        "region": rng.choice(_TOWNS), "source": rng.choice(("Web", "Walk-in", "Referral", "")),
        "grade": rng.choice(customers.GRADES), "state": rng.choice(list(customers.STATES)),
        "owner_id": rng.choice(owners), "needs": f"{rng.randrange(60, 200)} m2",
        **keys_of(name, company, phones),
        "registered_on": day.isoformat(), "registered_month": day.year * 100 + day.month,
        "last_contact_on": None if last is None else last.isoformat(),
        "next_contact_on": None if following is None else following.isoformat(),
    }  # fmt: skip


def texts(db: Connection, rng: Random, number: int) -> Iterator[str]:
    """Texts to search for: parts of the keys of customers by chance, and what nobody has."""
    highest = db.execute(select(func.max(customer.c.id))).scalar_one()
    for turn in range(number):
        row = db.execute(
            select(customer.c.name, customer.c.company, customer.c.phones, customer.c.search_key)
            .where(customer.c.id >= rng.randrange(highest))
            .order_by(customer.c.id)
            .limit(1)
        ).one()
        word = rng.choice(row.search_key.split())
        length = rng.randrange(2, 7)
        start = rng.randrange(max(1, len(word) - length + 1))
        part = word[start : start + length]
        digits = row.phones[-8:]
        yield (
            row.name,  # whole
            row.name[:2],  # two characters: 张伟
            part if len(part) > 1 else word * 2,  # any part of pinyin, initials, company, phone
            row.phones[:3],  # common
            digits[: rng.randrange(4, 9)],  # rare
            f"{word[:3]} {row.phones[:3]}",  # two words
            (row.company or row.name)[-2:],
            f"{part}{rng.choice('qxzv')}{part}",  # nobody
        )[turn % 8]


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _by_like(db: Connection, text: str) -> object:
    driver: Any = db.connection.driver_connection
    return driver.execute(_PLAIN, (matching_text(text),)).fetchall()


def _unindexed(db: Connection) -> object:
    """A sorting that reads everybody, as any column but the name's did without an index."""
    driver: Any = db.connection.driver_connection
    return driver.execute("SELECT * FROM customer ORDER BY note, id LIMIT 200").fetchall()


def _searching(workspace: Workspace, number: int = 320) -> dict[str, float]:
    """The 95th percentile of a page of matches, ours and by plain LIKE, in turns."""
    asked = workspace.read(lambda db: list(texts(db, Random(1), number)))
    ours, plain = [], []
    for text in asked:
        found = CustomerFilter(text=text)
        search = partial(customers.page, wanted=found, descending=True, limit=_PAGE)
        ours.append(_seconds(partial(workspace.read, search)))
        plain.append(_seconds(partial(workspace.read, _by_like, text)))
    return {
        "search_p95_seconds": _p95(ours),
        "like_p95_seconds": _p95(plain),
        "search_ratio": _p95(ours) / _p95(plain),
    }


def _filters(db: Connection) -> list[CustomerFilter]:
    owner = db.execute(select(func.min(customer.c.owner_id))).scalar_one()
    day = db.execute(select(func.max(activity.c.day))).scalar() or date(2026, 10, 1)
    return [
        CustomerFilter(),
        CustomerFilter(owner_id=owner),
        CustomerFilter(grade="A"),
        CustomerFilter(state="potential"),
        CustomerFilter(overdue_on=day),
        CustomerFilter(state="lost", grade="B"),
        CustomerFilter(text="zhang"),
        CustomerFilter(text="13"),
    ]


def _sorting(workspace: Workspace) -> dict[str, float]:
    """First and second pages of any order under usual filters: 95th percentile and slowest."""
    taken: list[tuple[float, str]] = []
    for wanted, sort, descending in product(
        workspace.read(_filters), customers.SORTS, (False, True)
    ):
        page = partial(customers.page, wanted=wanted, sort=sort, descending=descending, limit=_PAGE)
        first = workspace.read(page)
        for after in (None, first[-1] if first else None):
            read = partial(workspace.read, page, after=after)
            fastest = min(_seconds(read) for _turn in range(3))
            taken.append((fastest, f"{sort}, descending {descending}, {wanted}"))
    plain = min(_seconds(partial(workspace.read, _unindexed)) for _turn in range(3))
    slowest, of = max(taken)
    print(f"  slowest: {of}")
    return {
        "sort_p95_seconds": _p95([seconds for seconds, _of in taken]),
        "sort_slowest_seconds": slowest,
        "unindexed_sort_seconds": plain,
        "sort_ratio": slowest / plain,
    }


def run(office: Path, folder: Path) -> dict[str, float]:
    """Seconds and ratios, of the demo office ``office`` and of a Chinese one made in ``folder``."""
    result: dict[str, float] = {}
    for name, path in (("demo", office), ("chinese", chinese_office(folder / "chinese.office"))):
        with Workspace.open(path) as workspace:
            for figures in (_searching(workspace), _sorting(workspace)):
                result |= {f"{name}_{figure}": value for figure, value in figures.items()}
    return result
