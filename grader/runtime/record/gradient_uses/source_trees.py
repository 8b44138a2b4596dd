"""The parsed sources of a submission: parents of nodes, and all places where an identifier stands."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Mapping, Sequence

MAX_NODES = 20_000
"""Nodes of a source that is looked at."""
MAX_CHARACTERS = 500_000
"""Characters of all sources of a submission that is looked at."""

End = tuple[int, int]
"""The line and column where an expression ends. Where it starts in the code differs between versions of Python."""

_HIDES = re.compile(
    r"\bget_(ydata|data|xydata|offsets|lines|children|paths?)\b|\.(lines|collections|containers|_children)\b"
    r"|\b(findobj|getp|properties|redirect_stdout|gc|ctypes|inspect|_C|_grad|DisableTorchFunction)\b"
    r"|\b(getattr|attrgetter|__getattribute__|vars|__dict__|exec|eval|_getframe|f_locals|settrace|setprofile)\b"
    r"|\b(__code__|CodeType|FunctionType)\b|(?<!torch\.)\bcompile\b"
    r"|\b(get_legend_handles_labels|legend_handles|_y|_yorig|_xy|_offsets)\b"
    r"|\b__[ri]?(add|sub|mul|matmul|truediv|floordiv|mod|divmod|pow|lshift|rshift|and|xor|or)__"
    r"|\b__(eq|ne|lt|le|gt|ge|contains|torch_function|torch_dispatch|array_ufunc|array_function|array_wrap)__"
)
"""What takes values out of a figure, reaches tensors unseen, runs code that stands elsewhere, or is given the other
operand of an operator.
"""
_BY_TEXT = re.compile(
    r"\b(globals|locals|setattr|run_cell|run_cell_magic|user_ns|__builtins__|modules|__import__|import_module)\b"
    r"|(?<!['\"])\b__main__\b|\brun_line_magic\((?!'matplotlib')"
    r"|\.(ev|ex|push)\b|\b(__globals__|f_globals|__closure__|cell_contents|__defaults__|__kwdefaults__)\b"
)
"""What reads or binds names that stand nowhere in the source."""
_SHOWN_AGAIN = re.compile(r"(?<![\w.])(_{1,3}|_\d+|Out)\b(?!\s*(?:in\b|,|=[^=]))")
"""What a notebook's cell displayed, in a later cell."""
_REPLACES = re.compile(r"\bsetattr\b|\bpatch(\.object)?\(")
"""What replaces a method or a function whose name is given as text."""
_KEEPS_OUTPUT = re.compile(r"\b(stdout|displayhook|StringIO|captured)\b")
"""What takes values out of the text that is printed."""

_LIBRARIES = frozenset(
    f"{module}.*"
    for module in (
        "torch",
        "numpy",
        "math",
        "pylab",
        "matplotlib.pylab",
        "matplotlib.pyplot",
        "torch.nn",
        "IPython.display",
    )
)
"""Modules all of whose names may be imported: they leave those that are looked for here as they are."""


class Tree:
    """The parsed source of a cell or script, with the parent of each node."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.parents: dict[ast.AST, ast.AST] = {}
        self.names: dict[str, list[ast.Name]] = {}
        self.functions: dict[str, list[ast.FunctionDef]] = {}
        self.bound: set[str] = set()
        """Identifiers that something other than an assignment or an import binds, such as a parameter."""
        self.imported: dict[str, set[str]] = {}
        """Identifiers that imports bind, each with the names of what they import; ``*`` with the names of modules."""
        self._ends: dict[End, ast.Attribute] = {}
        waiting: list[ast.AST] = [ast.parse(source)]
        while waiting:
            node = waiting.pop()
            if len(self.parents) > MAX_NODES:
                raise ValueError("too many nodes")
            self._note(node)
            for name in node._fields:
                child = getattr(node, name, None)
                for part in child if isinstance(child, list) else (child,):
                    if isinstance(part, ast.AST):
                        self.parents[part] = node
                        waiting.append(part)

    def read_of_grad(self, end: End) -> ast.Attribute | None:
        """The expression ``….grad`` that ends at a place."""
        return self._ends.get(end)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            self.names.setdefault(node.id, []).append(node)
        elif isinstance(node, ast.Attribute):
            if node.attr == "grad" and isinstance(node.ctx, ast.Load):
                self._ends[end_of(node)] = node
        elif isinstance(node, ast.FunctionDef):
            self.functions.setdefault(node.name, []).append(node)
        elif isinstance(node, (ast.ClassDef, ast.AsyncFunctionDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            self.bound.add(node.name or "")
        elif isinstance(node, ast.MatchMapping):
            self.bound.add(node.rest or "")
        elif isinstance(node, ast.arg):
            self.bound.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            module = f"{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                name = (alias.asname or alias.name).partition(".")[0]
                origin = module + alias.name if module or alias.asname else name
                self.imported.setdefault(name, set()).add(origin)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            self.bound.update(node.names)


class Sources:
    """All sources of a submission by file name, each parsed when it is first needed."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._trees: dict[str, Tree | None] = {}
        self._plain = {file: _as_python_reads_names(text) for file, text in texts.items()}
        together = "\n".join(self._plain.values())
        self._found: dict[tuple[str, str], bool] = {}
        is_long = len(together) > MAX_CHARACTERS
        together = "" if is_long else together
        self.hides = is_long or _HIDES.search(together) is not None
        """Something may use what was drawn, or reach tensors that nobody sees it reach."""
        self._replaces = _REPLACES.search(together) is not None
        self.by_text = _BY_TEXT.search(together) is not None
        """Names may be used that do not stand in the source."""
        self.shows_again = _SHOWN_AGAIN.search(together) is not None
        """What was displayed may be used later."""
        self.keeps_output = _KEEPS_OUTPUT.search(together) is not None
        """What was printed or displayed may be read back."""

    def tree(self, file: str) -> Tree:
        """Raises SyntaxError, ValueError and KeyError for a source that cannot be looked at."""
        if file not in self._trees:
            self._trees[file] = None  # a source that cannot be looked at is parsed once, too
            self._trees[file] = Tree(file, self._texts[file])
        known = self._trees[file]
        if known is None:
            raise ValueError("it cannot be looked at")
        return known

    def trees_with(self, identifier: str) -> Sequence[Tree]:
        """The trees of the sources that contain an identifier, in whatever way."""
        word = re.compile(rf"\b{re.escape(identifier)}\b")
        return [self.tree(file) for file, text in self._plain.items() if word.search(text)]

    def replaces(self, attribute: str) -> bool:
        """Whether the submission replaces a method or a function of a module, as far as its text shows."""
        return self._replaces or self._has(r"\.\s*{}\s*=[^=]", attribute)

    def means(self, identifier: str, origins: frozenset[str]) -> bool:
        """Whether a name has the meaning that Python or an import of one of ``origins`` gives it, wherever it stands.

        Raises as ``tree``.
        """
        key = "means", identifier
        if key not in self._found:
            self._found[key] = all(_leaves(tree, identifier, origins) for tree in self.trees_with(identifier)) and all(
                tree.imported.get("*", set()) <= _LIBRARIES for tree in self.trees_with("import")
            )
        return self._found[key]

    def defines(self, identifier: str) -> bool:
        """Whether the submission gives a name of Python's or matplotlib's another meaning, as far as its text shows."""
        return self._has(r"\bdef\s+{0}\b|\bclass\s+{0}\b|\b{0}\s*=[^=]|\bas\s+{0}\b", identifier)

    def _has(self, pattern: str, identifier: str) -> bool:
        key = pattern, identifier
        if key not in self._found:
            known = re.compile(pattern.format(re.escape(identifier)))
            self._found[key] = any(known.search(text) for text in self._plain.values())
        return self._found[key]


def _leaves(tree: Tree, identifier: str, origins: frozenset[str]) -> bool:
    """Whether a source gives a name no other meaning than imports of ``origins`` do."""
    is_bound = identifier in tree.bound or identifier in tree.functions
    is_assigned = any(not isinstance(name.ctx, ast.Load) for name in tree.names.get(identifier, ()))
    return not is_bound and not is_assigned and tree.imported.get(identifier, set()) <= origins


def _as_python_reads_names(text: str) -> str:
    """With one spelling for each name: Python takes letters of full width, as a Chinese keyboard writes them, for the
    usual ones.
    """
    return text if text.isascii() or len(text) > MAX_CHARACTERS else unicodedata.normalize("NFKC", text)


def end_of(node: ast.expr) -> End:
    return node.end_lineno or 0, node.end_col_offset or 0
