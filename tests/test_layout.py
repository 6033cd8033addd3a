"""The layout: small modules, short functions, words on what they are for, and types."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mutuals.commands import verbs

MODULE, FUNCTION, ALL = 300, 40, 15_000
Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.fixture(scope="module")
def modules(root: Path) -> dict[str, ast.Module]:
    """Every module of the package and of the rules, parsed, by its path."""
    paths = sorted([*(root / "src/mutuals").rglob("*.py"), *(root / "validation").glob("*.py")])
    return {path.relative_to(root).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def functions(modules: dict[str, ast.Module]) -> Iterator[tuple[str, Function]]:
    """Every function, nested ones too, with its place."""
    for path, module in modules.items():
        for node in ast.walk(module):
            if isinstance(node, Function):
                yield f"{path}:{node.lineno} {node.name}", node


def public(module: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """The functions, classes and methods that others may use."""
    for node in module.body:
        if isinstance(node, (Function, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            inner = node.body if isinstance(node, ast.ClassDef) else []
            yield from (n for n in inner if isinstance(n, Function) and not n.name.startswith("_"))


def test_the_parts_are_there(modules: dict[str, ast.Module]) -> None:
    """A check of nothing."""
    assert {"src/mutuals/check.py", "src/mutuals/commands/check.py", "validation/evidence.py"} <= set(modules)


def test_modules_are_short(root: Path, modules: dict[str, ast.Module]) -> None:
    """A module that grew into several."""
    assert [path for path in modules if len((root / path).read_text(encoding="utf-8").splitlines()) >= MODULE] == []


def test_functions_are_short(modules: dict[str, ast.Module]) -> None:
    """A function that does more than one thing."""
    assert [place for place, node in functions(modules) if (node.end_lineno or 0) - node.lineno + 1 >= FUNCTION] == []


def test_the_package_is_small(root: Path) -> None:
    """Machinery that outgrows what it is for."""
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (root / "src/mutuals").rglob("*.py")) < ALL


def test_each_module_and_public_name_says_what_it_is(modules: dict[str, ast.Module]) -> None:
    """Code that says how and not what."""
    assert [path for path, module in modules.items() if not ast.get_docstring(module)] == []
    assert [
        f"{path}:{node.lineno} {node.name}" for path, module in modules.items() for node in public(module) if not ast.get_docstring(node)
    ] == []


def test_each_function_says_what_it_returns(modules: dict[str, ast.Module]) -> None:
    """A function without a return type."""
    assert [place for place, node in functions(modules) if node.returns is None] == []


def test_no_module_is_called_utils(modules: dict[str, ast.Module]) -> None:
    """A drawer for everything."""
    assert not {"utils", "util", "helpers", "misc", "common"} & {Path(path).stem for path in modules}


def test_rules_do_not_reach_into_each_other_and_the_engine_not_into_rules(modules: dict[str, ast.Module]) -> None:
    """An engine that imports its rules, or rules that import one another."""
    for path, module in modules.items():
        imported = [node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
        imported += [alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names]
        assert not [name for name in imported if name.split(".")[0].startswith("validation")], path


def test_each_command_is_a_module_with_its_two_functions(modules: dict[str, ast.Module]) -> None:
    """A command that cannot be run or says nothing in the help."""
    for verb in verbs():
        module = modules[f"src/mutuals/commands/{verb}.py"]
        assert {"register", "run"} <= {node.name for node in module.body if isinstance(node, ast.FunctionDef)}, verb
        assert (ast.get_docstring(module) or "").splitlines()[0].strip(), verb


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_the_linter_is_content(root: Path, command: list[str]) -> None:
    """Code that one person writes one way and the next another."""
    folders = ["src", "tests", "validation", "notebooks"]
    done = subprocess.run([sys.executable, "-m", "ruff", *command, "--no-cache", *folders], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
