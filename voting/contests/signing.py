"""Reading the statements of a contest, and handing in signatures under them.

A signature proves itself: whoever of the community brings it may hand it in, and the service sees nothing of a key but that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from voting.contests import officials, queries, results, statements_signed
from voting.contests.queries import Loaded
from voting.contests.statements_signed import CLOSE, RESULT, Statement
from voting.contests.tables import Contest, PaperBatch, StatementSignature
from voting.core.authority import Principal
from voting.core.evidence import notes
from voting.core.evidence.notes import Signature, VerifierKey
from voting.errors import Conflict, Fault, Invalid, NotFound
from voting.log import journal


def read(session: Session, principal: Principal, contest_id: str, name: str, *, now: datetime) -> Statement:
    """A statement as signed so far. `Conflict` until there is one; the result's is read by those who may read the result."""
    return _statement(session, principal, queries.load(session, principal, contest_id, now), name, now)


def sign(session: Session, principal: Principal, contest_id: str, name: str, lines: str, *, now: datetime) -> Statement:
    """Take signature lines of officials. What was signed before is taken again without a word; a wrong line refuses all."""
    loaded = queries.load(session, principal, contest_id, now, "contest.sign", hold=True)
    contest = loaded.contest
    statement = _statement(session, principal, loaded, name, now)
    found = verified(contest, statement.note.text, lines)
    fresh = [(key, signature) for key, signature in found if key not in statement.signers]
    for key, signature in fresh:
        session.add(
            StatementSignature(
                contest_id=contest.id,
                text_hash=statements_signed.hash_of(statement.note.text),
                public_key=key.public,
                community_id=contest.community_id,
                statement=name,
                line=signature.line,
                received_at=loaded.now,
            )
        )
    session.flush()
    if fresh:
        _record(session, principal, loaded, name, [key.name for key, _ in fresh])
    return _statement(session, principal, loaded, name, now)


def verified(contest: Contest, text: str, lines: str) -> list[tuple[VerifierKey, Signature]]:
    """The officials' keys whose signatures of `text` stand in these lines. Raises `Invalid` with every line that is none."""
    keys = [official.verifier for official in officials.of_document(contest.officials)]
    found, faults = [], []
    for place, line in enumerate(lines.strip("\n").split("\n")):
        try:
            signature = notes.parse_line(line.rstrip("\r"))
        except Invalid:
            faults.append(Fault("/signatures", "signature_line_malformed", {"line": place + 1}))
            continue
        key = next((key for key in keys if key.verifies(text, signature)), None)
        if key is None:
            faults.append(Fault("/signatures", "signature_invalid", {"line": place + 1, "name": signature.name[:80]}))
        else:
            found.append((key, signature))
    if faults:
        raise Invalid(faults)
    return found


def _statement(session: Session, principal: Principal, loaded: Loaded, name: str, now: datetime) -> Statement:
    contest = loaded.contest
    if name == RESULT:
        results.of(session, principal, contest.id, now=now)
    if name in _STATEMENTS:
        found = _STATEMENTS[name](session, contest)
    else:
        row = session.get(PaperBatch, name)
        if row is None or row.contest_id != contest.id:
            raise NotFound("statement_not_found", id=name)
        found = statements_signed.batch(session, contest, name)
    if found is None:
        raise Conflict("nothing_to_sign_yet", state=contest.state)
    return found


_STATEMENTS: Mapping[str, Callable[[Session, Contest], Statement | None]] = {
    CLOSE: statements_signed.close,
    RESULT: statements_signed.result,
}


def _record(session: Session, principal: Principal, loaded: Loaded, name: str, signers: list[str]) -> None:
    contest = loaded.contest
    journal.record(
        session,
        community_id=contest.community_id,
        subject_kind="contest",
        subject_id=contest.id,
        kind="statement_signed",
        actor_id=principal.id,
        now=loaded.now,
        from_state=contest.state,
        to_state=contest.state,
        facts={"statement": name, "signers": signers},
    )
