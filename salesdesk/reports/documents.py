"""Turns data into pages: typst templates in resources/reports, compiled to PDF or PNG.

Data goes in as JSON, never pasted into markup, so no text of the office can be taken for markup.
A missing font would only be a warning there and a page of boxes on paper: here it is an error.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import typst

from salesdesk.errors import ReportError
from salesdesk.text import _, joined, language, readable, resources_folder

#: Families with the characters of Chinese and Latin script, the best first.
FONTS = ("Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "SimSun", "PingFang SC")
_compiling = threading.Lock()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The machine's fonts, looked through once: 0.1 s."""
    return typst.Fonts()


@lru_cache(maxsize=1)
def font() -> str:
    """The family pages are set in. Raises ReportError when none of :data:`FONTS` is installed."""
    installed = set(_fonts().families())
    for family in FONTS:
        if family in installed:
            return family
    raise ReportError(
        _("No font with Chinese characters is installed: install one of {fonts}.").format(
            fonts=joined(FONTS)
        )
    )


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The document as PDF. ``template`` is a file's stem in resources/reports.

    Raises ReportError when it can't be made.
    """
    return _compile(template, data, "pdf", None)[0]


def pages(template: str, data: Mapping[str, Any], *, ppi: float = 110) -> list[bytes]:
    """The document's pages as PNG pictures. Raises ReportError."""
    return _compile(template, data, "png", ppi)


def _printable(value: Any) -> Any:
    """``value`` without characters no font has, which offices of earlier versions may hold."""
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part) for part in value]
    return readable(value) if isinstance(value, str) else value


def _compile(template: str, data: Mapping[str, Any], output: str, ppi: float | None) -> list[bytes]:
    folder = resources_folder() / "reports"
    inputs = {
        "data": json.dumps(_printable(data), ensure_ascii=False),
        "font": font(),
        "lang": language(),
    }
    try:
        # One at a time: the compiler's own cache isn't made for several callers.
        with _compiling:
            compiler = typst.Compiler(root=folder, font_paths=_fonts())
            result = compiler.compile(
                input=folder / f"{template}.typ",
                format="pdf" if output == "pdf" else "png",
                ppi=ppi,
                sys_inputs=inputs,
            )
    except (typst.TypstError, OSError) as error:
        raise ReportError(
            _("The page “{template}” can't be made: {cause}").format(
                template=template, cause=str(error)[:300]
            )
        ) from error
    if isinstance(result, list):
        return [bytes(page) for page in result]
    return [bytes(result or b"")]
