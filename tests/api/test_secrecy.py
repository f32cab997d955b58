"""No figure about choices leaves the service before the close.

Not by looking for figures, but by changing every choice in the box behind the service's back: whatever anybody can read
must stay the same to the byte. Turnout is not a choice; a test of its own shows that a cast changes nothing else.

`make check` reads on PostgreSQL, where a changed row moves and an answer in the order of rows would show it; `make prove` reads
on both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.schemas.ballots import encode
from tests.access.world import a_role
from tests.api.authorisation import BRIEFLY, IDS, QUERIES, described, rows
from tests.api.conftest import Service
from tests.api.test_authorisation_matrix import bearers, settle
from tests.contests import world
from tests.databases import swept_on
from voting.clock import system_now
from voting.community.tables import Person
from voting.contests import closing, moves
from voting.contests.tables import BoxRow, Contest, PaperBatch, PaperKeying
from voting.core import box
from voting.core.authority import GRANTED_ROLES, SYSTEM
from voting.store import reader, transact

pytestmark = swept_on("postgresql")
READS = [row.split()[1] for row in rows() if row.startswith("GET") and row != "GET /metrics"]
CONTEST, ROLL, VOTERS = "con_secret", "rol_secret", 30
OPTIONS = [f"{option}_{CONTEST}" for option in world.OPTIONS]
IDS_HERE = IDS | {"contest_id": CONTEST, "roll_id": ROLL, "log_id": CONTEST, "batch_id": "pbt_secret"}

TELLERS = ("per_t1", "per_t2")
SOME = ("stranger", "auditor", "admin", "returning_officer", "voter")
Answers = dict[tuple[str, str], tuple[int, bytes]]


def build(session: Session) -> None:
    """The small world with a holder of every role, and an open contest with thirty electors."""
    settle(session)
    for role in GRANTED_ROLES:
        session.add(Person(id=f"per_{role}", community_id="com_1", name=role))
        session.add(a_role(f"rle_{role}", f"per_{role}", role))
    session.flush()
    world.roll(session, VOTERS, ROLL)
    world.open_contest(session, VOTERS, CONTEST, roll_id=ROLL, closes_at=system_now() + timedelta(days=300))
    paper_in_question(session)


def paper_in_question(session: Session) -> None:
    """A paper batch that two tellers have keyed, differently."""
    batch = {"contest_id": CONTEST, "community_id": "com_1", "label": "3", "issued": 2, "count": 2, "discrepancies": 1}
    session.add(PaperBatch(id="pbt_secret", state="discrepant", created_at=system_now(), **batch))
    session.flush()
    for who, ballots in zip(TELLERS, (["00", "01"], ["00", "02"]), strict=True):
        session.add(Person(id=who, community_id="com_1", name=who))
        session.flush()
        session.add(a_role(f"rle_{who}", who, "teller"))
        session.add(PaperKeying(batch_id="pbt_secret", teller_id=who, community_id="com_1", ballots=ballots))


class Readers:
    """Everybody who can read, in front of a contest in which twenty-nine of thirty have cast."""

    def __init__(self, service: Service) -> None:
        self.service = service
        transact(service.engine, build)
        services = service.app.state.services
        services.sequencer.flush(CONTEST)
        callers = {who: held for who, held in bearers(service.app).items() if "wrong" not in who and who != "expired"}
        for role in GRANTED_ROLES:
            token = services.issuer.issue_access(f"per_{role}", "com_1", services.clock())
            callers[role] = {"Authorization": f"Bearer {token}"}
        self.callers = callers | {"voter": self.voter(0)}
        for number in range(VOTERS - 1):
            self.cast(number, OPTIONS[0 if number % 7 else 1 :][:3])

    def voter(self, number: int) -> dict[str, str]:
        services = self.service.app.state.services
        token = services.issuer.issue_access(world.person(number), "com_1", services.clock())
        return {"Authorization": f"Bearer {token}"}

    def cast(self, number: int, options: list[str]) -> None:
        answer = self.service.request(
            "POST",
            f"/v1/contests/{CONTEST}/ballots",
            json={"ranking": [[option] for option in options]},
            headers=self.voter(number),
        )
        assert answer.status_code == 201, answer.text

    def read(self, *callers: str, paths: Sequence[str] = READS) -> Answers:
        """Every GET as these callers, or as all. The request id is given, so that problems repeat to the byte."""
        found = {}
        for path in paths:
            for who in callers or self.callers:
                headers = self.callers[who] | {"X-Request-Id": "the-same-id"}
                asked = BRIEFLY.get(f"GET {path}", "") + QUERIES.get(f"GET {path}", "")
                address = described(path).format(**IDS_HERE) + asked
                answer = self.service.request("GET", address, headers=headers)
                assert answer.status_code < 500, (path, who, answer.text)
                found[path, who] = (answer.status_code, answer.content)
        return found


@pytest.fixture(scope="module")
def readers(service: Service) -> Readers:
    return Readers(service)


@pytest.fixture(scope="module")
def at_first(readers: Readers) -> Answers:
    """What everybody reads before anything is changed."""
    return readers.read()


def change_every_choice(session: Session) -> None:
    """Everybody now wants the last option alone."""
    last = box.pack([[OPTIONS[3]]], {option: place for place, option in enumerate(OPTIONS)})
    for row in session.exec(select(BoxRow).where(BoxRow.contest_id == CONTEST)):
        row.ballot = last
    for keying in session.exec(select(PaperKeying)):
        keying.ballots = [last.hex(), "00" if keying.teller_id == TELLERS[0] else ""]


def test_no_answer_depends_on_what_was_chosen(readers: Readers, at_first: Answers) -> None:
    transact(readers.service.engine, change_every_choice)
    after = readers.read()
    assert [place for place in at_first if at_first[place] != after[place]] == []


def test_what_was_keyed_is_read_by_the_two_tellers_alone(readers: Readers) -> None:
    paths = ("/v1/paper-batches/{batch_id}/keying", "/v1/paper-batches/{batch_id}/differences")
    answers = readers.read(paths=paths)
    for path in paths:
        assert {answers[path, who][0] for who in readers.callers} <= {401, 403, 404}
        services = readers.service.app.state.services
        for who in TELLERS:
            bearer = {"Authorization": f"Bearer {services.issuer.issue_access(who, 'com_1', services.clock())}"}
            own = readers.service.request("GET", path.format(**IDS_HERE), headers=bearer)
            assert own.status_code == 200, own.text


def test_what_is_read_most_is_really_read(readers: Readers) -> None:
    open_to_all = (
        "/v1/contests/{contest_id}",
        "/v1/contests/{contest_id}/turnout",
        "/v1/communities/{community_id}/contests",
    )
    kept_back = [f"/v1/contests/{{contest_id}}/{part}" for part in ("result", "rounds", "explanation", "rounds.svg")]
    answered = readers.read(*SOME, paths=[*open_to_all, *kept_back, "/v1/contests/{contest_id}/events"])
    assert {answered[path, "stranger"][0] for path in open_to_all} == {200}
    assert answered["/v1/contests/{contest_id}/events", "auditor"][0] == 200
    assert {answered[path, who][0] for path in kept_back for who in SOME} == {409}


def test_a_cast_changes_turnout_and_nothing_else(readers: Readers) -> None:
    before = readers.read(*SOME)
    readers.cast(VOTERS - 1, OPTIONS[:1])
    after = readers.read(*SOME)
    changed = {path for path, who in before if before[path, who] != after[path, who]}
    assert changed <= {
        "/v1/contests/{contest_id}/turnout",
        "/v1/contests/{contest_id}/changes",
        "/v1/contests/{contest_id}",
        "/v1/contests/{contest_id}/timeline",
        "/v1/communities/{community_id}/contests",
    }
    assert {"/v1/contests/{contest_id}/turnout", "/v1/contests/{contest_id}/changes"} <= changed


def test_no_answer_holds_a_slot(readers: Readers, at_first: Answers) -> None:
    with reader(readers.service.engine) as session:
        slots = session.exec(select(BoxRow.slot).where(BoxRow.contest_id == CONTEST)).all()
    shown = b"".join(body for _, body in at_first.values())
    assert len(slots) >= VOTERS - 1
    assert not any(encode(slot).encode() in shown or slot.hex().encode() in shown for slot in slots)


def test_the_figures_of_the_process_name_no_contest_and_no_option(readers: Readers) -> None:
    figures = readers.service.request("GET", "/metrics").text
    assert 'route="/v1/contests/{contest_id}/ballots"' in figures
    assert re.findall(r"\b(?:con|opt|per|rol|ent|com)_(?!id)\w+", figures) == []


@pytest.mark.parametrize("move", ["count", "publish", "certify"])
def test_nobody_counts_before_the_close_not_even_to_try(readers: Readers, move: str) -> None:
    for who, bearer in readers.callers.items():
        answer = readers.service.request("POST", f"/v1/contests/{CONTEST}/{move}?dry_run=true", headers=bearer)
        assert answer.status_code in {401, 403, 404, 409}, (who, answer.text)


def test_nobody_tries_other_rules_before_the_close(readers: Readers) -> None:
    for who, bearer in readers.callers.items():
        asked = {"alternatives": [{"method": "borda"}]}
        answer = readers.service.request("POST", f"/v1/contests/{CONTEST}/recount", json=asked, headers=bearer)
        assert answer.status_code == 409, (who, answer.text)
        assert answer.json()["code"] == "not_counted_yet"


def test_after_the_close_the_result_does_depend_on_what_was_chosen(readers: Readers) -> None:
    """The same reading sees a difference where there must be one."""
    transact(readers.service.engine, change_every_choice)
    before = readers.read("stranger")

    def end(session: Session) -> None:
        contest = session.get_one(Contest, CONTEST)
        contest.state, contest.closed_at = "closed", system_now()
        closing.begin(session, contest)
        world.finish_closing(session, CONTEST)
        moves.count(session, SYSTEM, CONTEST, now=system_now())
        moves.publish(session, SYSTEM, CONTEST, now=system_now())

    transact(readers.service.engine, end)
    readers.service.app.state.services.sequencer.flush(CONTEST)
    after = readers.read("stranger")
    result = ("/v1/contests/{contest_id}/result", "stranger")
    assert (before[result][0], after[result][0]) == (409, 200)
    assert OPTIONS[3].encode() in after[result][1]
