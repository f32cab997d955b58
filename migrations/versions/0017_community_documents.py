"""What communities lay down for themselves: working days, bylaws. Locks: none that anyone waits for; the table is new.

Revision 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from voting.store import Document, Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: no community has anything of its own."""
    op.create_table(
        "community_document",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_community_document_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "kind", name=op.f("pk_community_document")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("community_document")
