"""What a search finds of minutes: what the newest version says, from their publication on."""

from __future__ import annotations

from sqlmodel import Session

from voting.community import search_index
from voting.community.search_index import Subject
from voting.programme.tables import Activity, Minutes, MinutesVersion

KIND = "minutes"


def shelve(session: Session, activity: Activity, minutes: Minutes, text: MinutesVersion) -> None:
    """Let published minutes be found by the title of their activity and their newest version; by nothing where that was
    erased."""
    if minutes.state != "published" or text.number != minutes.number:
        return
    if text.erased_at is not None:
        search_index.forget(session, (minutes.id,))
        return
    subject = Subject(minutes.community_id, KIND, minutes.id, minutes.since, activity.id)
    search_index.put(session, subject, activity.title, text.body)
