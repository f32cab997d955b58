"""Texts and names of a person who leaves can be forgotten. Locks: proposal_version, endorsement, official_answer, amendment and
attachment, for an instant (columns may be empty, one foreign key goes), and the triggers of event.

Revision 0029.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_MAY_BE_EMPTY: tuple[tuple[str, str, type[sa.String] | type[sa.LargeBinary]], ...] = (
    ("proposal_version", "author_id", sa.String),
    ("official_answer", "salt", sa.LargeBinary),
    ("amendment", "author_id", sa.String),
    ("amendment", "salt", sa.LargeBinary),
    ("attachment", "author_id", sa.String),
)
_ENDORSER = "fk_endorsement_person_id_person"


def upgrade() -> None:
    """Forward."""
    for table, column, kind in _MAY_BE_EMPTY:
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, existing_type=kind(), nullable=True)
    with op.batch_alter_table("endorsement") as batch_op:
        batch_op.drop_constraint(op.f(_ENDORSER), type_="foreignkey")
    triggers.let_forget(op.get_bind())


def downgrade() -> None:
    """Back, as long as nobody was erased."""
    triggers.remember(op.get_bind())
    with op.batch_alter_table("endorsement") as batch_op:
        batch_op.create_foreign_key(op.f(_ENDORSER), "person", ["person_id"], ["id"])
    for table, column, kind in reversed(_MAY_BE_EMPTY):
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, existing_type=kind(), nullable=False)
