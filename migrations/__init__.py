"""Alembic environment and versions; part of the wheel, so that `yishi migrate` works wherever it is installed."""
