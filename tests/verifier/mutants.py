"""How well the tests hold the verifier: change one thing of it at a time and see whether a test notices. Run on demand.

    pip install cosmic-ray                             in an environment of its own
    python -m tests.verifier.mutants make FILE         there: every change its operators know, one a line
    python -m tests.verifier.mutants run FILE [--every N] [--jobs N] [--out FILE]

The changes are cosmic-ray's. They are tried in forked processes that have the tests already loaded, so that one takes a second
and not a minute; the judges are the tests of this folder that need no database. Annotations are never executed and are
left alone.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "clients" / "verifier" / "verify.py"
SECONDS = 60
"""Of computing: a mutant that keeps the tests busy for longer is noticed, too. They take about eight."""
TESTS = ("test_tamper.py", "test_honest.py", "test_command.py", "test_hostile.py", "test_count.py")


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
            if mutated is not None and mutated != text:
                yield name, *difference(text, mutated)


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


def run(file: Path, every: int, jobs: int, out: Path) -> None:
    """Try every n-th mutant; write what became of it."""
    mutants = [json.loads(line) for line in file.read_text().splitlines()][::every]
    source = SOURCE.read_text()
    load()
    if os.waitpid(fork(source, 1, source), 0)[1]:
        sys.exit("a test fails on the program as it is")
    begun, results, running = time.monotonic(), Counter[str](), {}
    with out.open("w") as told:
        for number, outcome in outcomes(iter(enumerate(mutants)), source, jobs, running):
            results[outcome] += 1
            told.write(json.dumps({**mutants[number], "outcome": outcome}) + "\n")
            told.flush()
            if sum(results.values()) % 100 == 0:
                say(f"{sum(results.values())}/{len(mutants)} {dict(results)} {time.monotonic() - begun:.0f} s")
    noticed = results["noticed"] + results["busy"]
    say(f"{noticed} of {len(mutants)} noticed ({100 * noticed / len(mutants):.1f} %), {dict(results)}")


def outcomes(
    ahead: Iterator[tuple[int, Any]], source: str, jobs: int, running: dict[int, int]
) -> Iterator[tuple[int, str]]:
    """(number, outcome) of each mutant as its process ends: noticed, busy (killed by the clock) or missed."""
    more = True
    while more or running:
        while more and len(running) < jobs:
            number, mutant = next(ahead, (-1, None))
            more = mutant is not None
            if more:
                running[
                    fork(source[: mutant["start"]] + mutant["text"] + source[mutant["end"] :], mutant["line"], source)
                ] = number
        if running:
            child, status = os.wait()
            outcome = "missed" if status == 0 else "busy" if os.WIFSIGNALED(status) else "noticed"
            yield running.pop(child), outcome


def load() -> None:
    """Import the tests and let them make everything that does not depend on the mutant."""
    sys.path.insert(0, str(ROOT))
    from tests.verifier import test_command, test_count, test_honest, test_hostile, test_tamper
    from tests.verifier.hostile import honest

    for method in test_count.METHODS:
        for number in range(test_count.DRAWN):
            test_count.by_number(method, number)
    for path in test_count.CASES:
        test_count.published(path)
    for row, (build, code) in test_tamper.TABLE.items():
        test_tamper.TABLE[row] = ((lambda data=build(): data), code)
    for kind, told in test_honest.KINDS.items():
        story = test_honest.Story(**told)
        story.bundle()
        test_honest.KINDS[kind] = told
    for kind in range(len(test_hostile.hostile.__globals__["KINDS"])):
        honest(kind)
    assert test_command.STORY.bundle()


def fork(code: str, line: int, source: str) -> int:
    """Run the tests on a mutant in a process of its own; 0 at its end means that none noticed."""
    child = os.fork()
    if child:
        return child
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    os._exit(judged(code, line, source))


def judged(code: str, line: int, source: str) -> int:
    """0 if no test notices."""
    import pytest

    from clients.verifier import verify
    from tests.verifier import test_count

    try:
        exec(compile(code, verify.__file__, "exec"), verify.__dict__)
        counts = "# Counting. Every method" in source[: sum(map(len, source.splitlines(keepends=True)[:line]))]
        counts = counts and "# Forms of the records" not in "".join(source.splitlines(keepends=True)[:line])
        if counts and not same_counts(test_count):
            return 1
    except BaseException:
        return 1
    folder = Path(__file__).parent
    chosen = [
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "--assert=plain",
        "-k",
        "not random and not process_of_its_own and not stands_on and not enough",
    ]
    with contextlib.suppress(SystemExit):
        return int(pytest.main([*chosen, "--rootdir", str(ROOT), *(str(folder / name) for name in TESTS)]))
    return 1


def same_counts(test_count: Any) -> bool:
    """Whether every drawn poll and every published case is counted as before."""
    for method in test_count.METHODS:
        for number in range(test_count.DRAWN):
            poll, expected = test_count.by_number(method, number)
            if test_count.ours(*poll) != expected:
                return False
    return all(test_count.ours(*poll) == expected for poll, expected in map(test_count.published, test_count.CASES))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.verifier.mutants")
    parser.add_argument("act", choices=("make", "run"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("mutants-tried.jsonl"))
    options = parser.parse_args()
    if options.act == "make":
        make(options.file)
    else:
        run(options.file, options.every, options.jobs, options.out)


if __name__ == "__main__":
    main()
