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


async def looked_at(app: FastAPI, **values: object) -> None:
    """Wait until the last look found a contest with these values, and whoever waits has been told."""
    (seat,) = app.state.services.watch._seats.values()
    for _ in range(500):
        if all(getattr(seat.mark, name) == value for name, value in values.items()):
            await asleep(app)
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"expected {values}, found {seat.mark}")
