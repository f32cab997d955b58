"""Threads of options that name a person are threads of candidates. Locks: the rows of those threads, as long as it takes; an
index on contest_option, for an instant.

Revision 0028.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KEYS = (("comment", "thread"), ("comment", "branch"), ("comment_summary", "thread"), ("thread_mark", "thread"))


def upgrade() -> None:
    """Forward."""
    _rename("option", "candidate")
    op.create_index(op.f("ix_contest_option_person_id"), "contest_option", ["person_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_contest_option_person_id"), table_name="contest_option")
    _rename("candidate", "option")


def _rename(old: str, new: str) -> None:
    """Every key `old:id` of an option that names a person becomes `new:id`."""
    connection = op.get_bind()
    option = sa.table("contest_option", sa.column("id"), sa.column("person_id"))
    named = sa.select(option.c.id).where(option.c.person_id.is_not(None))
    for identifier in connection.execute(named).scalars().all():
        for name, column in _KEYS:
            kept = sa.table(name, sa.column(column))
            key = kept.c[column]
            rename = sa.update(kept).where(key == f"{old}:{identifier}").values({column: f"{new}:{identifier}"})
            connection.execute(rename)
