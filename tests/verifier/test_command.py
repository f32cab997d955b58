"""The command: exit status, table and plain lines, both languages, JSON, and what it stands on."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.verifier import verify
from tests.verifier.forge import LOG, OFFICIALS, WITNESS, Story, receipt_jwk, repacked, unzipped

STORY = Story()
CAST = STORY.casts[0]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a bundle: status, standard output, standard error."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    def command(*arguments: str, data: bytes = STORY.bundle()) -> tuple[int, str, str]:
        path = tmp_path / "bundle.zip"
        path.write_bytes(data)
        try:
            status = verify.main([str(path), *arguments])
        except SystemExit as end:
            status = int(str(end.code))
        said = capfd.readouterr()
        return status, said.out, said.err

    return command


def put(folder: Path, name: str, content: object) -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_an_honest_bundle_ends_with_status_0(run: Run) -> None:
    status, out, err = run()
    assert (status, err) == (0, "")
    assert out.endswith("Every check that was made passed. 24 passed, 0 failed, 4 not made.\n")


def test_a_changed_bundle_ends_with_status_1(run: Run) -> None:
    status, out, _ = run(data=repacked(unzipped(STORY.bundle()) | {"privacy.json": b"{}"}))
    assert status == 1
    assert "FAILED\tmanifest-signature\tmanifest-text\tThe signed text is not about this manifest.\n" in out
    assert "2 of the checks failed: do not trust this result." in out


def test_piped_lines_hold_outcome_check_code_and_sentence(run: Run) -> None:
    lines = run()[1].split("\n")
    assert lines[0] == "passed\tarchive\tarchive\tThe archive holds its files and nothing else, byte for byte."
    assert "\x1b" not in "".join(lines)


def test_what_no_bundle_can_show_is_always_said(run: Run) -> None:
    assert verify.BEYOND[0] in run()[1]
    assert verify.BEYOND[1] in run("--lang", "zh")[1]


def test_chinese_is_spoken_when_asked_for_or_by_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = run("--lang", "zh")[1]
    assert "通过\tarchive\tarchive\t压缩包里只有这些文件" in asked
    assert asked.endswith("所做的检查全部通过。通过 24 项，不符 0 项，未检查 4 项。\n")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run()[1] == asked
    assert run("--lang", "en")[1] != asked


def test_json_holds_every_check_in_both_languages(run: Run) -> None:
    status, out, _ = run("--json")
    told = json.loads(out)
    assert (status, told["passed"]) == (0, True)
    assert [one["check"] for one in told["checks"]] == [
        name for name in verify.CHECKS if name not in ("receipt", "own-ballot")
    ]
    assert told["checks"][0] == {
        "check": "archive",
        "outcome": "passed",
        "code": "archive",
        "en": "The archive holds its files and nothing else, byte for byte.",
        "zh": "压缩包里只有这些文件，没有别的内容，逐字节相符。",
    }
    assert told["beyond"] == {"en": verify.BEYOND[0], "zh": verify.BEYOND[1]}


def test_json_says_when_something_failed(run: Run) -> None:
    status, out, _ = run("--json", data=b"no bundle")
    assert (status, json.loads(out)["passed"]) == (1, False)
    assert {one["code"] for one in json.loads(out)["checks"][1:]} <= {"after-a-fault", *verify.GAPS}


def test_a_terminal_gets_a_table_no_wider_than_itself(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    for lang, mark in (("en", "archive"), ("zh", "压缩包")):
        out = run("--lang", lang)[1]
        assert out.startswith("\x1b[32m✓\x1b[0m archive ")
        assert mark in out
        bare = out.replace("\x1b[32m", "").replace("\x1b[33m", "").replace("\x1b[0m", "")
        columns = [
            sum(1 + (verify.unicodedata.east_asian_width(c) in "WF") for c in line) for line in bare.split("\n")[:-2]
        ]
        assert 50 < max(columns) <= 60


def test_anchors_are_read_from_a_file(run: Run, tmp_path: Path) -> None:
    anchor = {
        "log_key": LOG.key,
        "officials": [one.key for one in OFFICIALS],
        "witnesses": [WITNESS.key],
        "checkpoint": STORY.kept_checkpoint(9),
        "receipt_keys": [receipt_jwk()],
    }
    files = (
        "--anchor",
        put(tmp_path, "anchor.json", anchor),
        "--receipt",
        put(tmp_path, "receipt.txt", CAST.receipt() + "\n"),
    )
    status, out, _ = run(*files, "--opening", put(tmp_path, "opening.json", CAST.opening))
    assert status == 0
    assert out.endswith("30 passed, 0 failed, 0 not made.\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("anchor", "not json"),
        ("anchor", {"log_kye": "x"}),
        ("anchor", {"log_key": "x"}),
        ("anchor", {"witnesses": [LOG.key]}),
        ("anchor", {"checkpoint": "x"}),
        ("anchor", "x" * (1 << 20) + "x"),
        ("opening", {"secret": "x"}),
        ("opening", []),
        ("receipt", None),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_status_2(run: Run, tmp_path: Path, name: str, content: object) -> None:
    path = str(tmp_path / "absent") if content is None else put(tmp_path, name, content)
    status, out, err = run(f"--{name}", path)
    assert (status, out) == (2, "")
    assert err.startswith("verify.py: ")
    assert err.count("\n") == 1


def test_wrong_usage_ends_with_status_2(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--no-such-option")[0] == 2
    assert verify.main([str(Path("/no/such/bundle.zip"))]) == 2
    assert capfd.readouterr().err == "verify.py: /no/such/bundle.zip: No such file or directory\n"


def test_it_stands_on_the_standard_library_and_cryptography_alone() -> None:
    tree = ast.parse(Path(verify.__file__).read_text())
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} - sys.stdlib_module_names - {"__future__"} == {"cryptography"}


def test_it_opens_nothing_for_writing_and_reaches_for_no_network() -> None:
    source = Path(verify.__file__).read_text()
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    opened = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "open"]
    assert [ast.unparse(node.args[1]) for node in opened] == ["'rb'"] * len(opened)
    assert not {"socket", "urllib", "http", "subprocess", "tempfile", "pathlib"} & set(source.split())


def test_yishi_verify_is_the_same_program_in_a_process_of_its_own(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(STORY.bundle())
    yishi = Path(sys.executable).with_name("yishi")
    alone = [sys.executable, "-I", verify.__file__, str(bundle), "--json"]
    ours = [str(yishi), "verify", str(bundle), "--json"]
    told = [subprocess.run(command, capture_output=True, check=True, cwd=tmp_path).stdout for command in (alone, ours)]
    assert told[0] == told[1]
    bundle.write_bytes(b"")
    assert subprocess.run(ours, capture_output=True, check=False).returncode == 1
    assert sorted(tmp_path.iterdir()) == [bundle]


def test_a_reader_who_has_had_enough_is_no_error(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(STORY.bundle())
    told = f"{sys.executable} -I {verify.__file__} {bundle} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", told], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 0, ["one two three"]),
        ("one two three", 8, ["one two", "three"]),
        ("one two three", 13, ["one two three"]),
        ("one two three", 3, ["one", "two", "three"]),
        ("议事议事", 4, ["议事", "议事"]),
        ("议事议事", 5, ["议事", "议事"]),
        ("议事abc议事", 6, ["议事", "abc议", "事"]),
        ("longer", 3, ["longer"]),
        ("", 5, [""]),
    ],
)
def test_text_is_wrapped_by_columns(text: str, width: int, lines: list[str]) -> None:
    assert verify.wrapped(text, width) == lines


@pytest.mark.parametrize(
    ("outcomes", "english"),
    [
        (["passed", "passed"], "Every check that was made passed. 2 passed, 0 failed, 0 not made."),
        (["passed", "not-made"], "Every check that was made passed. 1 passed, 0 failed, 1 not made."),
        (["failed", "not-made"], "1 of the checks failed: do not trust this result. 0 passed, 1 failed, 1 not made."),
    ],
)
def test_findings_are_summed_up(outcomes: list[str], english: str) -> None:
    found = [verify.Finding("archive", outcome, "archive", {}) for outcome in outcomes]
    assert verify.summary(found, False) == english
    trivial = verify.Finding("paper", "not-made", "no-paper", {})
    assert verify.summary([*found, trivial], False) == english
    assert ("不要相信" in verify.summary(found, True)) is ("failed" in outcomes)
