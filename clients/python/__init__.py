"""The Python client of Yishi: `Client` blocks, `AsyncClient` awaits, and both have the same methods.

from clients.python import Client

with Client("http://127.0.0.1:8000") as yishi:
    resident = yishi.acting(yishi.access.redeem("ABCD-EFGH-JKMN").access_token)
    cast = resident.contests.cast(contest_id, [first_choice, second_choice])
    print(cast.receipt, cast.opening.as_json())
"""

from clients.python.ballots import Opening, opening_from_json, receipt_claims, receipt_names
from clients.python.checks import Finding, Place, Report, check_bundle
from clients.python.client import AsyncClient, Client
from clients.python.contests import Cast
from clients.python.errors import (
    AlreadyCast,
    Conflict,
    Fault,
    Forbidden,
    IllegalMove,
    Invalid,
    NoAnswer,
    NotFound,
    Problem,
    ServiceFault,
    Stale,
    TimedOut,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
    YishiClientError,
)
from clients.python.retries import NEVER, Retries

__all__ = [
    "NEVER",
    "AlreadyCast",
    "AsyncClient",
    "Cast",
    "Client",
    "Conflict",
    "Fault",
    "Finding",
    "Forbidden",
    "IllegalMove",
    "Invalid",
    "NoAnswer",
    "NotFound",
    "Opening",
    "Place",
    "Problem",
    "Report",
    "Retries",
    "ServiceFault",
    "Stale",
    "TimedOut",
    "TooLarge",
    "TooMany",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "YishiClientError",
    "check_bundle",
    "opening_from_json",
    "receipt_claims",
    "receipt_names",
]
