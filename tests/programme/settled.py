"""Activities in the small world, one in each state that a move is tried from, each named for it; minutes and action items."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from tests.access.moment import NOW
from voting.programme.tables import ActionItem, Activity, Minutes, MinutesVersion


def settle_programme(session: Session) -> None:
    """Write them. `mnt_draft` and `mnt_published` are of activities of their own."""
    for name in ("announced", "held", "draft", "published"):
        session.add(
            Activity(
                id=f"atv_{name}",
                community_id="com_1",
                state="announced" if name == "announced" else "held",
                since=NOW,
                kind="k",
                level=3,
                title={"en": name},
                starts_at=NOW - timedelta(hours=2),
                ends_at=NOW - timedelta(hours=1),
                salt=bytes(32),
                text_hash=bytes(32),
                created_at=NOW,
            )
        )
    session.flush()
    for state in ("open", "done"):
        about = {"community_id": "com_1", "activity_id": "atv_published", "since": NOW, "created_at": NOW}
        kept = {"text": "t", "responsible_role": "teller", "due_on": NOW.date()}
        session.add(ActionItem(id=f"aci_{state}", state=state, salt=bytes(32), text_hash=bytes(32), **about, **kept))
    for state, first in (("draft", None), ("published", 1)):
        about = {"community_id": "com_1", "activity_id": f"atv_{state}", "since": NOW, "created_at": NOW}
        session.add(Minutes(id=f"mnt_{state}", state=state, published_number=first, **about))
        session.flush()
        kept = {"author_id": "per_1", "created_at": NOW, "salt": bytes(32), "text_hash": bytes(32)}
        text = {"number": 1, "community_id": "com_1", "body": {"en": "b"}}
        session.add(MinutesVersion(minutes_id=f"mnt_{state}", **text, **kept))
    session.flush()
