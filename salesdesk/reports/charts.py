"""Charts as SVG text, drawn by pygal: vectors on paper, crisp on screen."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

import pygal
from pygal.style import Style

# pygal hooks a finder of plug-ins into every later import; it lacks what Python 3.12 asks of one.
sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != "pygal"]

#: The families a page may be set in, the first that is installed is used (documents.py).
FONT = "Noto Sans CJK SC, Microsoft YaHei, WenQuanYi Micro Hei, SimSun, sans-serif"
#: Steps the axis has at most, but for one that carries the highest bar.
_MARKS = 5
TARGET_COLOUR, ACTUAL_COLOUR = "#B8C4D2", "#2F6DB5"


def bars(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]]) -> str:
    """Groups of bars: targets pale, actuals strong. Missing values leave a space."""
    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground="#444444",
        foreground_strong="#222222",
        foreground_subtle="#DDDDDD",
        colors=(TARGET_COLOUR, ACTUAL_COLOUR, "#E0A030"),
        font_family=FONT,
        opacity="1",
        guide_stroke_color="#DDDDDD",
        major_guide_stroke_color="#DDDDDD",
        guide_stroke_dasharray="2,0",
        major_guide_stroke_dasharray="2,0",
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
    )
    chart = pygal.Bar(
        style=style,
        width=900,
        height=300,
        margin=6,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(series),
        legend_box_size=12,
        disable_xml_declaration=True,
        js=[],
        print_values=False,
        spacing=8,
        truncate_label=-1,
    )
    marks, digits = scale([value for _name, values in series for value in values if value])
    chart.value_formatter = lambda value: f"{value:,.{digits}f}"
    chart.y_labels = marks
    chart.range = (marks[0], marks[-1]) if len(marks) > 1 else (0, 1)
    chart.x_labels = list(labels)
    for name, values in series:
        chart.add(name, list(values))
    return str(chart.render(is_unicode=True))


def scale(values: Sequence[float]) -> tuple[list[float], int]:
    """Marks of the axis at round steps, zero among them, and how many decimals they need."""
    top, bottom = max(values, default=0.0), min(values, default=0.0)
    top, bottom = max(top, 0.0), min(bottom, 0.0)
    if top == bottom:
        return [0.0], 0
    rough = (top - bottom) / _MARKS
    power = math.floor(math.log10(rough))
    step = next(one * 10.0**power for one in (1, 2, 5, 10) if one * 10.0**power >= rough)
    first, last = math.floor(bottom / step), math.ceil(top / step)
    digits = 0 if step >= 1 else -math.floor(math.log10(step))
    return [number * step for number in range(first, last + 1)], digits
