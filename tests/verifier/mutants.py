"""How well the tests hold the verifier: change one thing of it at a time and see whether a test notices. Run on demand.

    pip install cosmic-ray                             in an environment of its own
    python -m tests.verifier.mutants make FILE         there: every change its operators know, one a line
    python -m tests.verifier.mutants run FILE [--sample N] [--seed N] [--jobs N] [--out FILE]

The changes are cosmic-ray's. They are tried in forked processes that have the tests already loaded, so that one takes a second
and not a minute: the tests that reach the changed function, the shortest first. The judges are the tests of this folder that
need no database; those that only pytest can call judge what no other test reaches. Annotations are never executed and are left
alone.
"""

from __future__ import annotations
import __future__

import argparse
import ast
import contextlib
import inspect
import json
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, product
from math import sqrt
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "clients" / "verifier" / "verify.py"
SECONDS = 25
"""Of computing: a mutant that keeps the tests busy for longer is noticed, too. All of them together take about five."""
APART = (
    "test_yishi_verify_is_the_same_program_in_a_process_of_its_own",
    "test_it_stands_on_the_standard_library_and_cryptography_alone",
    "test_a_reader_who_has_had_enough_is_no_error",
)
"""Tests that do not judge: they look at the file and not at the program that is loaded."""


def make(out: Path) -> None:
    """Write every mutant as {operator, line, start, end, text}: what stands between two places is replaced."""
    from cosmic_ray.plugins import get_operator, operator_names

    source = SOURCE.read_text()
    idle = annotations(source)
    operators = {name: get_operator(name)() for name in sorted(operator_names()) if "Variable" not in name}
    found: dict[tuple[int, int, str], dict[str, Any]] = {}
    for begin, piece, head in pieces(source):
        for name, start, end, text in changes(head + piece, operators):
            start, end = start + begin - len(head), end + begin - len(head)
            line = source.count("\n", 0, start) + 1
            if start >= begin and not any(first <= start < last for first, last in idle):
                told = {"operator": name, "line": line, "start": start, "end": end, "text": text}
                found.setdefault((start, end, text), told)
    ordered = [found[key] for key in sorted(found)]
    out.write_text("".join(json.dumps(one) + "\n" for one in ordered))
    say(f"{len(ordered)} mutants")


def pieces(source: str) -> Iterator[tuple[int, str, str]]:
    """The top-level statements, and the members of classes: where each begins, its text, and what makes it a module of its own.

    The operators parse a text anew for each change, so that short ones take minutes and the whole file hours.
    """
    lines = source.splitlines(keepends=True)
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line))
    for node in ast.parse(source).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for one in inner:
            first = min([one.lineno, *(mark.lineno for mark in getattr(one, "decorator_list", ()))]) - 1
            text = "".join(lines[first : one.end_lineno])
            yield begins[first], text, "class _:\n" if one is not node else ""


def changes(text: str, operators: dict[str, Any]) -> Iterator[tuple[str, int, int, str]]:
    """Every change of a text: operator, and what stands between which two places."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    nodes = list(ast_nodes(get_ast(text)))
    for name, operator in operators.items():
        for occurrence in range(sum(len(list(operator.mutation_positions(node))) for node in nodes)):
            try:
                mutated = mutate_code(text, operator, occurrence)
            except AttributeError:
                # An operator of cosmic-ray 8.7 stumbles over `except` with a dotted name.
                continue
            if mutated is not None and mutated != text and is_program(mutated):
                yield name, *difference(text, mutated)


def is_program(text: str) -> bool:
    """Whether this compiles: what does not is no change that a test has to notice."""
    try:
        compiled(text)
    except SyntaxError:
        return False
    return True


def say(text: str) -> None:
    """A line of progress."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def difference(source: str, mutated: str) -> tuple[int, int, str]:
    """Where two texts differ, and what stands there in the second."""
    start = alike(source, mutated)
    tail = alike(source[start:][::-1], mutated[start:][::-1])
    return start, len(source) - tail, mutated[start : len(mutated) - tail]


def alike(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def annotations(source: str) -> list[tuple[int, int]]:
    """The spans of all annotations, by character."""
    begins = [0]
    for line in source.splitlines(keepends=True):
        begins.append(begins[-1] + len(line))
    lines = source.splitlines()

    def place(line: int, column: int) -> int:
        return begins[line - 1] + len(lines[line - 1].encode()[:column].decode())

    nodes = []
    for node in ast.walk(ast.parse(source)):
        nodes += [getattr(node, name) for name in ("annotation", "returns") if getattr(node, name, None) is not None]
    return [(place(one.lineno, one.col_offset), place(one.end_lineno, one.end_col_offset)) for one in nodes]


@dataclass(frozen=True)
class Judge:
    """A test that can be called without pytest, how long it takes, and the lines at which the functions it reaches begin."""

    name: str
    call: Callable[[], object]
    seconds: float = 0.0
    reaches: frozenset[int] = frozenset()


def run(file: Path, sample: int, seed: int, jobs: int, out: Path) -> None:
    """Try some mutants drawn by the seed (0: all); write what became of each."""
    mutants = [json.loads(line) for line in file.read_text().splitlines()]
    if sample:
        mutants = random.Random(seed).sample(mutants, sample)
    trial = Trial(SOURCE.read_text())
    begun, results = time.monotonic(), Counter[str]()
    with out.open("w") as told:
        for number, outcome in trial.outcomes(iter(enumerate(mutants)), jobs):
            results[outcome] += 1
            told.write(json.dumps({**mutants[number], "outcome": outcome}) + "\n")
            told.flush()
            if sum(results.values()) % 25 == 0:
                say(f"{sum(results.values())}/{len(mutants)} {dict(results)} {time.monotonic() - begun:.0f} s")
    noticed, of = results["noticed"] + results["busy"], len(mutants)
    low, high = interval(noticed, of)
    say(
        f"{noticed} of {of} noticed: {100 * noticed / of:.1f} % ({100 * low:.1f} to {100 * high:.1f} %), {dict(results)}"
    )


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share found in a sample."""
    share, z = hits / of, 1.96
    middle, half = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


class Trial:
    """The tests, loaded once and called in forked processes."""

    def __init__(self, source: str) -> None:
        sys.path.insert(0, str(ROOT))
        self.source = source
        self.begins = routines(source)
        self.statements = [(start, text, compiled(text)) for start, text in statements(source)]
        self.judges = sorted(map(measured, direct_judges()), key=lambda judge: judge.seconds)
        seconds = sum(judge.seconds for judge in self.judges)
        say(f"{len(self.judges)} tests are called directly, {seconds:.1f} s; the others by pytest")
        if os.waitpid(self.fork({"start": 0, "end": 0, "text": "", "line": 1}), 0)[1]:
            sys.exit("a test fails on the program as it is")

    def outcomes(self, ahead: Iterator[tuple[int, Any]], jobs: int) -> Iterator[tuple[int, str]]:
        """(number, outcome) of each mutant as its process ends: noticed, busy (killed by the clock) or missed."""
        running: dict[int, int] = {}
        for number, mutant in ahead:
            running[self.fork(mutant)] = number
            if len(running) == jobs:
                yield ended(running)
        while running:
            yield ended(running)

    def fork(self, mutant: dict[str, Any]) -> int:
        """Run the tests on a mutant in a process of its own; 0 at its end means that none noticed."""
        child = os.fork()
        if child:
            return child
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        os._exit(self.judged(mutant))

    def judged(self, mutant: dict[str, Any]) -> int:
        """0 if no test notices: those that reach the changed function, the shortest first; where none does, pytest's."""
        import pytest

        from clients.verifier import verify

        begin = max((first for first, last in self.begins if first <= mutant["line"] <= last), default=0)
        try:
            for start, text, code in self.statements:
                if 0 <= mutant["start"] - start < len(text):
                    before, behind = text[: mutant["start"] - start], text[mutant["end"] - start :]
                    code = compiled(before + mutant["text"] + behind)
                exec(code, verify.__dict__)
            chosen = [judge for judge in self.judges if begin == 0 or begin in judge.reaches]
            for judge in chosen:
                judge.call()
        except BaseException:
            return 1
        if begin > 0 and chosen:
            return 0
        options = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "-m", "not prove"]
        with contextlib.suppress(SystemExit):
            return int(pytest.main([*options, "--rootdir", str(ROOT), *others()]))
        return 1


def ended(running: dict[int, int]) -> tuple[int, str]:
    """Wait for the next process to end: its number and outcome."""
    child, status = os.wait()
    return running.pop(child), "missed" if status == 0 else "busy" if os.WIFSIGNALED(status) else "noticed"


def statements(source: str) -> Iterator[tuple[int, str]]:
    """The text cut before each top-level statement, and where each piece begins; a change compiles its own piece alone."""
    lines = source.splitlines(keepends=True)
    firsts = [
        min([one.lineno, *(mark.lineno for mark in getattr(one, "decorator_list", ()))]) - 1
        for one in ast.parse(source).body
    ]
    for first, last in pairwise([*firsts, len(lines)]):
        yield sum(map(len, lines[:first])), "".join(lines[first:last])


def compiled(text: str) -> CodeType:
    """A piece of the program."""
    return compile(text, str(SOURCE), "exec", flags=__future__.annotations.compiler_flag, dont_inherit=True)


def routines(source: str) -> list[tuple[int, int]]:
    """First and last line of every function and method."""
    tree, found = ast.parse(source), []
    for node in (*tree.body, *(one for body in tree.body if isinstance(body, ast.ClassDef) for one in body.body)):
        if isinstance(node, ast.FunctionDef):
            found.append((min([node.lineno, *(mark.lineno for mark in node.decorator_list)]), node.end_lineno or 0))
    return found


def modules() -> list[Any]:
    """The tests that judge."""
    from tests.verifier import (
        test_command,
        test_count,
        test_derived,
        test_honest,
        test_hostile,
        test_limits,
        test_readers,
        test_tamper,
    )

    return [test_tamper, test_honest, test_limits, test_readers, test_derived, test_count, test_hostile, test_command]


def marks_of(test: Any) -> list[Any]:
    return list(getattr(test, "pytestmark", ()))


def needs_pytest(test: Any) -> bool:
    """Whether a test has arguments that no table gives."""
    given: set[str] = set()
    for mark in marks_of(test):
        if mark.name == "parametrize":
            given |= set(mark.args[0].replace(" ", "").split(",") if isinstance(mark.args[0], str) else mark.args[0])
    return not set(inspect.signature(test).parameters) <= given


def tests_of(module: Any) -> list[Any]:
    """The tests of a module that take no minutes and start no processes."""
    found = [value for name, value in vars(module).items() if name.startswith("test_") and callable(value)]
    return [
        test
        for test in found
        if not any(mark.name == "prove" for mark in marks_of(test)) and test.__name__ not in APART
    ]


def direct_judges() -> Iterator[Judge]:
    """Every case of every test that needs no fixture."""
    for module in modules():
        for test in tests_of(module):
            if not needs_pytest(test):
                for number, arguments in enumerate(cases(test)):
                    yield Judge(f"{test.__name__}[{number}]", partial(test, **arguments))


def cases(test: Any) -> Iterator[dict[str, Any]]:
    """The arguments of every case."""
    tables = [mark.args for mark in marks_of(test) if mark.name == "parametrize"]
    rows = []
    for names, values in tables:
        names = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
        rows.append([dict(zip(names, value if len(names) > 1 else (value,), strict=True)) for value in values])
    for chosen in product(*rows):
        yield {name: value for row in chosen for name, value in row.items()}


def measured(judge: Judge) -> Judge:
    """Call a test once: what it takes, and which functions it reaches."""
    reached: set[int] = set()

    def note(frame: Any, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename.endswith("verifier/verify.py"):
            reached.add(frame.f_code.co_firstlineno)

    begun = time.process_time()
    sys.setprofile(note)
    try:
        judge.call()
    finally:
        sys.setprofile(None)
    return replace(judge, seconds=time.process_time() - begun, reaches=frozenset(reached))


def others() -> list[str]:
    """The tests that only pytest can call."""
    return [
        f"{module.__file__}::{test.__name__}" for module in modules() for test in tests_of(module) if needs_pytest(test)
    ]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.verifier.mutants")
    parser.add_argument("act", choices=("make", "run"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("mutants-tried.jsonl"))
    options = parser.parse_args()
    if options.act == "make":
        make(options.file)
    else:
        run(options.file, options.sample, options.seed, options.jobs, options.out)


if __name__ == "__main__":
    main()
