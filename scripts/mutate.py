"""Mutation testing of one module: change one thing at a time and see whether its tests notice.

    python scripts/mutate.py rules/curve.py tests/rules/test_curve.py --tries 60 --seed 1 >> curve.jsonl
    python scripts/mutate.py rules/curve.py tests/rules/test_curve.py --again curve.jsonl

A mutant is the module with one comparison, operator, sign, number, truth value or branch changed. Sources and tests are copied
once; each mutant is written into the copy and run against the given tests, with a time limit and 20 examples a property. One
JSON object a mutant goes to the standard output: where, what, and whether it was killed. ``--again`` tries the survivors of
an earlier run once more. Figures and survivors stand in ``docs/rules/mutation.md``.
"""

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
PROFILE = """
from hypothesis import HealthCheck, Phase, settings
settings.register_profile(
    "mutants", max_examples=20, deadline=None, database=None, derandomize=True,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)
"""
PAIRS: tuple[tuple[type[ast.AST], type[ast.AST]], ...] = (
    (ast.Lt, ast.LtE), (ast.LtE, ast.Lt), (ast.Gt, ast.GtE), (ast.GtE, ast.Gt), (ast.Eq, ast.NotEq), (ast.NotEq, ast.Eq),
    (ast.In, ast.NotIn), (ast.NotIn, ast.In), (ast.Is, ast.IsNot), (ast.IsNot, ast.Is), (ast.And, ast.Or),
    (ast.Or, ast.And), (ast.Add, ast.Sub), (ast.Sub, ast.Add), (ast.Mult, ast.Add), (ast.Div, ast.Mult),
    (ast.FloorDiv, ast.Mult), (ast.Mod, ast.Mult), (ast.Pow, ast.Mult),
)  # fmt: skip
SWAP = dict(PAIRS)


def sites(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int]]:
    """(node, what kind of change, which of several in the node); what decorates a class, and ``strict``, change no answer."""
    decorated: list[ast.AST] = [
        one for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for one in node.decorator_list
    ]
    decorated += [one for one in ast.walk(tree) if isinstance(one, ast.keyword) and one.arg == "strict"]
    skipped = {id(node) for one in decorated for node in ast.walk(one)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        match node:
            case ast.Compare(ops=ops):
                yield from ((node, "comparison", place) for place, op in enumerate(ops) if type(op) in SWAP)
            case ast.BoolOp():
                yield node, "and or", 0
            case ast.BinOp(op=op) if type(op) in SWAP:
                yield node, "operator", 0
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                yield node, "sign", 0
            case ast.Constant(value=bool() | int()):
                yield node, "constant", 0
            case ast.If() | ast.IfExp():
                yield node, "branch", 0
            case _:
                pass


def mutate(node: ast.AST, kind: str, place: int) -> str:
    """Change a node in place; what it was and what it is."""
    before = ast.unparse(node.test) if isinstance(node, ast.If) else ast.unparse(node)
    match node, kind:
        case ast.Compare(), _:
            node.ops[place] = SWAP[type(node.ops[place])]()  # type: ignore[call-overload]
        case ((ast.BoolOp() | ast.BinOp()), _):
            node.op = SWAP[type(node.op)]()  # type: ignore[assignment]
        case ast.UnaryOp(), _:
            node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
            if isinstance(node.op, ast.Not):
                node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=bool(value)), _:
            node.value = not value
        case ast.Constant(value=int(value)), _:
            node.value = value + 1
        case ((ast.If() | ast.IfExp()), _):
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case _:
            raise AssertionError(kind)
    after = ast.unparse(node.test) if isinstance(node, ast.If) else ast.unparse(node)
    return f"{before}  →  {after}"


def run(copy: Path, tests: list[str], limit: float) -> str:
    """``killed``, ``survived`` or ``timeout`` (which counts as killed)."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(copy / "src"), str(copy)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    plugins = ["-p", "no:cacheprovider", "-p", "no:django", "-p", "mutants_profile"]
    command = [sys.executable, "-m", "pytest", "-x", "-q", *plugins, *tests]
    try:
        done = subprocess.run(
            [*command, "--hypothesis-profile=mutants"], cwd=copy, env=environment, capture_output=True, timeout=limit, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "timeout"
    return "survived" if done.returncode == 0 else "killed"


def main() -> None:
    """Mutate, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", help="below src/hengjian, like rules/curve.py")
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--tries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=60, help="seconds a mutant")
    parser.add_argument("--again", type=Path, help="results of an earlier run: only its survivors")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        for name in ("src", "tests", "benchmarks"):
            shutil.copytree(HOUSE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(HOUSE / "pyproject.toml", copy)
        (copy / "mutants_profile.py").write_text(PROFILE, encoding="utf-8")
        _try_all(copy, wishes)


def _try_all(copy: Path, wishes: argparse.Namespace) -> None:
    file = copy / "src" / "hengjian" / wishes.module
    source = file.read_text(encoding="utf-8")
    if run(copy, wishes.tests, wishes.limit * 5) != "survived":
        raise SystemExit("the tests do not pass as they are")
    count = sum(1 for _ in sites(ast.parse(source)))
    order = random.Random(wishes.seed).sample(range(count), count)  # noqa: S311 - no secret
    wanted: set[tuple[str, str]] | None = None
    if wishes.again is not None:
        told = map(json.loads, wishes.again.read_text(encoding="utf-8").splitlines())
        wanted = {(one["line"], one["change"]) for one in told if one["result"] != "killed"}
    tried = 0
    for number in order:
        tree = ast.parse(source)
        node, kind, place = next(one for i, one in enumerate(sites(tree)) if i == number)
        line = source.splitlines()[getattr(node, "lineno", 1) - 1].strip()
        at, change = getattr(node, "lineno", 0), mutate(node, kind, place)
        if wanted is not None and (line, change) not in wanted:
            continue
        if wanted is None and tried >= wishes.tries:
            break
        tried += 1
        file.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")
        result = run(copy, wishes.tests, wishes.limit)
        told_ = {
            "module": wishes.module,
            "sites": count,
            "site": number,
            "at": at,
            "line": line,
            "change": change,
            "result": result,
        }
        print(json.dumps(told_, ensure_ascii=False), flush=True)
    file.write_text(source, encoding="utf-8")


if __name__ == "__main__":
    main()
