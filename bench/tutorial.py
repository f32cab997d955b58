"""Casting as a tutorial would write it: a sync route, an ORM session per request, the JWT key given as PEM each time.

It does what our path does (verify the bearer, check the marks, check the elector off, keep ballot and commitment, sign a
receipt, all durable before the answer) on the same tables and with the same SQLite settings, so that only the way of
writing it differs. Run as `python -m bench.tutorial DATABASE_URL KEY_FILE PORT`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import uvicorn
from cryptography.hazmat.primitives import serialization
from fastapi import Depends, FastAPI, Header, HTTPException
from jose import JWTError, jwt
from pydantic import BaseModel
from sqlmodel import Session, select

from bench.place import AUDIENCE, ISSUER
from voting import store
from voting.clock import system_now
from voting.contests.tables import BoxRow, Contest, Option, Participation
from voting.core import box
from voting.log.tables import CastCommitment
from voting.roll.tables import RollVoter


class BallotIn(BaseModel):
    """A ballot."""

    ranking: list[str]
    slot: str
    commitment: str


class ReceiptOut(BaseModel):
    """Its receipt."""

    receipt: str


def public_half(key: str) -> str:
    """The public key of a private one, both PEM."""
    public = serialization.load_pem_private_key(key.encode(), None).public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def tutorial(database_url: str, key_file: str) -> FastAPI:
    """The application."""
    engine = store.engine_for(database_url, 40)
    key = Path(key_file).read_text()
    public = public_half(key)
    app = FastAPI()

    def session() -> Iterator[Session]:
        with Session(engine) as opened:
            yield opened

    def person(authorization: Annotated[str, Header()]) -> str:
        try:
            claims = jwt.decode(
                authorization.removeprefix("Bearer "), public, algorithms=["ES256"], audience=AUDIENCE, issuer=ISSUER
            )
        except JWTError as error:
            raise HTTPException(401) from error
        return str(claims["sub"])

    @app.post("/v1/contests/{contest_id}/ballots", status_code=201)
    def cast(
        contest_id: str,
        ballot: BallotIn,
        who: Annotated[str, Depends(person)],
        db: Annotated[Session, Depends(session)],
    ) -> ReceiptOut:
        contest = db.get(Contest, contest_id)
        if contest is None or contest.state != "open" or contest.closes_at < system_now():
            raise HTTPException(409)
        options = db.exec(select(Option).where(Option.contest_id == contest_id)).all()
        places = {option.id: option.position for option in options}
        if not set(ballot.ranking) <= set(places):
            raise HTTPException(422)
        voter = db.get(RollVoter, (contest.roll_id, who))
        if voter is None:
            raise HTTPException(403)
        listed = db.get(Participation, (contest_id, voter.entry_id))
        if listed is None or listed.channel is not None:
            raise HTTPException(409)
        listed.channel = "online"
        marks = box.pack([[option] for option in ballot.ranking], places)
        db.add(BoxRow(contest_id=contest_id, slot=ballot.slot.encode(), ballot=marks))
        db.add(
            CastCommitment(contest_id=contest_id, commitment=ballot.commitment.encode(), integrate_by=contest.closes_at)
        )
        db.commit()
        return ReceiptOut(
            receipt=jwt.encode({"contest": contest_id, "commitment": ballot.commitment}, key, algorithm="ES256")
        )

    return app


if __name__ == "__main__":
    uvicorn.run(tutorial(sys.argv[1], sys.argv[2]), port=int(sys.argv[3]), log_level="warning", access_log=False)
