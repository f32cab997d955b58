"""What can be searched, with its full-text index. Locks: none that anyone waits for; the table is new.

SQLite keeps the terms in FTS5 with the table as its content; triggers hold both together. A later batch migration of the table
must make the triggers again.

Revision 0024.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document, Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_INTO = "INSERT INTO search_terms(rowid, title_terms, all_terms) VALUES (new.number, new.title_terms, new.all_terms)"
_OUT_OF = (
    "INSERT INTO search_terms(search_terms, rowid, title_terms, all_terms)"
    " VALUES ('delete', old.number, old.title_terms, old.all_terms)"
)
_TRIGGERS = {"insert": _INTO, "delete": _OUT_OF, "update": f"{_OUT_OF}; {_INTO}"}


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "search_document",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("title", Document(), nullable=False),
        sa.Column("excerpt", Document(), nullable=False),
        sa.Column("title_terms", sa.String(), nullable=False),
        sa.Column("all_terms", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_search_document_community_id_community")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_document")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_search_document_subject_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_terms USING fts5(title_terms, all_terms, content='search_document',"
            " content_rowid='number', detail='column', tokenize='ascii')"
        )
        for act, does in _TRIGGERS.items():
            op.execute(f"CREATE TRIGGER search_document_{act} AFTER {act} ON search_document BEGIN {does}; END")
        return
    for column in ("title_terms", "all_terms"):
        op.execute(
            f"CREATE INDEX ix_search_document_{column} ON search_document USING gin (to_tsvector('simple', {column}))"
        )


def downgrade() -> None:
    """Back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_terms")
    op.drop_table("search_document")
