"""Who a candidate is: the person that an option names. Locks: contest_option, for an instant (an empty column).

Revision 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("contest_option", sa.Column("person_id", sa.String(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("contest_option") as batch_op:
        batch_op.drop_column("person_id")
