"""Pages made of the templates in ``templates/``: every text is cleaned and escaped, and nothing is loaded.

A page has one style sheet and at most one script, both inside of it. Its Content-Security-Policy allows these two by
their hashes and nothing else, so that markup that got through would neither run nor load anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.report import report_words
from grader.report.html.pictures.curves import describe_curve, draw_curve
from grader.report.html.pictures.graph import describe_graph, draw_graph, list_graph
from grader.report.html.pictures.heat_map import colours_of, describe_gradient, draw_heat_map
from grader.text import clean, count, points

# What stands in backticks in the grader's sentences is code.
_CODE = re.compile(r"`([^`\n]{1,300})`")


def render_page(template: str, *, styles: tuple[str, ...] = (), script: str = "", **values: object) -> str:
    """The page of a template that extends ``base.html``.

    ``styles``: files in ``templates/`` whose rules follow those of ``style.css``. ``script``: a file of JavaScript in
    ``templates/``, for pages that sort or filter.
    """
    style = "".join(_file(name) for name in ("style.css", *styles))
    code = _file(script) if script else ""
    policy = f"default-src 'none'; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
    if code:
        policy += f"; script-src '{_hash(code)}'"
    return (
        environment()
        .get_template(template)
        .render(
            # These are files of this package, and not text of anybody else.
            page={"style": Markup(style), "script": Markup(code), "policy": policy},
            **values,
        )
    )


@cache
def environment() -> Environment:
    """Jinja with escaping on; a name that is not given is an error, and no empty text."""
    made = Environment(
        loader=PackageLoader("grader.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters |= {"prose": prose, "points": points}
    made.globals |= {
        "words": report_words,
        "count": count,
        "draw_curve": draw_curve,
        "describe_curve": describe_curve,
        "draw_heat_map": draw_heat_map,
        "colours_of": colours_of,
        "describe_gradient": describe_gradient,
        "draw_graph": draw_graph,
        "describe_graph": describe_graph,
        "list_graph": list_graph,
    }
    return made


def prose(text: str) -> Markup:
    """A sentence of a report, with what stands in backticks as code."""
    parts = _CODE.split(clean(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )


def _cleaned(value: object) -> object:
    """What a template prints: text without control characters and direction marks."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _file(name: str) -> str:
    loader = environment().loader
    assert loader is not None, "the environment has a loader of the package"
    # Browsers hash what they read, in which every line ends in \n, also where Git has written \r\n.
    return loader.get_source(environment(), name)[0].replace("\r\n", "\n")


def _hash(text: str) -> str:
    """A source expression of a Content-Security-Policy for the content of an element."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
