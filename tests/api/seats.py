"""The seats of those who wait, seen from outside."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI


async def asleep(app: FastAPI, requests: int = 1) -> None:
    """Wait until so many requests sleep at a topic that has been looked at."""
    seats = app.state.services.watch._seats
    for _ in range(500):
        sleeping = [one for seat in seats.values() if seat.mark is not None for one in seat.sleeping if not one.done()]
        if len(sleeping) == requests:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"expected {requests} to wait, found {seats}")
