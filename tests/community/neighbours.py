"""Callers of the API for the tests: people with roles, a program of the platform, and how they introduce themselves."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from sqlmodel import Session

from api.services import Services
from voting.access import clients
from voting.access.tables import RoleAssignment
from voting.community.tables import Community, Person
from voting.core.authority import SYSTEM
from voting.ids import random_id
from voting.store import transact

Headers = Mapping[str, str]


class Neighbours:
    """Two communities, `com_b` and `com_a`, and whoever the test needs in them."""

    def __init__(self, app: FastAPI) -> None:
        self.services: Services = app.state.services
        self.now = self.services.clock()
        for identifier in ("com_b", "com_a"):
            row = Community(
                id=identifier, name={"zh-CN": "乙小区"}, time_zone="Asia/Shanghai", created_at=self.now, demo=True
            )
            transact(self.services.engine, lambda session, row=row: session.add(row))

    def person(
        self, *roles: str, community: str = "com_b", scope: tuple[str, str] | None = None
    ) -> tuple[str, Headers]:
        """A person with these roles over the community (or over `scope`), and the headers they send."""
        person_id = random_id("per")

        def work(session: Session) -> None:
            session.add(Person(id=person_id, community_id=community, name="陈静"))
            session.flush()
            for role in roles:
                kind, identifier = scope or ("community", community)
                session.add(
                    RoleAssignment(
                        id=random_id("rle"),
                        community_id=community,
                        holder_kind="person",
                        holder_id=person_id,
                        role=role,
                        scope_kind=kind,
                        scope_id=identifier,
                        source="appointed",
                        starts_at=self.now,
                    )
                )

        transact(self.services.engine, work)
        return person_id, self.as_person(person_id, community)

    def as_person(self, person_id: str, community: str = "com_b") -> Headers:
        """The headers of a person of the register."""
        token = self.services.issuer.issue_access(person_id, community, self.now)
        return {"Authorization": f"Bearer {token}"}

    def officer(self, community: str = "com_b") -> Headers:
        """The headers of an administrator."""
        return self.person("community_admin", community=community)[1]

    def platform(self, *scopes: str) -> Headers:
        """The headers of a program of the platform."""
        issued = transact(
            self.services.engine,
            lambda session: clients.create(
                session, SYSTEM, community_id=None, name="platform", scopes=["platform", *scopes], now=self.now
            ),
        )
        return {"Authorization": f"Bearer {issued.bearer}"}
