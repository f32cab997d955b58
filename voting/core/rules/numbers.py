"""Exact figures as text: `703`, `88.25`, `100/3`. Never cut, never rounded."""

from __future__ import annotations

from voting.core.count.numbers import Amount, terminates, written

__all__ = ["Amount", "exact"]


def exact(amount: Amount) -> str:
    """An integer, a finite decimal, else a fraction in lowest terms."""
    return str(written(amount)) if terminates(amount) else str(amount)
