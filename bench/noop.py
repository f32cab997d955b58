"""FastAPI doing nothing: one async route with a declared answer. Run as `python -m bench.noop PORT`."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Nothing(BaseModel):
    """The answer."""

    done: bool = True


app = FastAPI()


@app.post("/", status_code=201)
async def nothing() -> Nothing:
    """Do nothing."""
    return Nothing()


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
