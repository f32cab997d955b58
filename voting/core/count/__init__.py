"""Ballots to tally. `count` is the door; `Tally` the answer, `tally_to_json` its written form."""

from voting.core.count.ballots import OVERVOTE, Ballots, Ranking
from voting.core.count.case import Case, case_from_json
from voting.core.count.difference import difference
from voting.core.count.errors import (
    CountError,
    IllegalBallot,
    IllegalCase,
    IllegalPoll,
    IllegalRule,
    TooLarge,
    UnknownMethod,
    UnknownOption,
    UnknownRule,
    Unpackable,
)
from voting.core.count.limits import check_size, most_rankings
from voting.core.count.methods import METHODS, count, legal_rules, validate_rules
from voting.core.count.resolutions import Resolution
from voting.core.count.rules import Rules
from voting.core.count.tally import Exhausted, Round, Tally, Tie, Transfer
from voting.core.count.tiebreak import lot_order
from voting.core.count.written import tally_to_json

__all__ = [
    "METHODS",
    "OVERVOTE",
    "Ballots",
    "Case",
    "CountError",
    "Exhausted",
    "IllegalBallot",
    "IllegalCase",
    "IllegalPoll",
    "IllegalRule",
    "Ranking",
    "Resolution",
    "Round",
    "Rules",
    "Tally",
    "Tie",
    "TooLarge",
    "Transfer",
    "UnknownMethod",
    "UnknownOption",
    "UnknownRule",
    "Unpackable",
    "case_from_json",
    "check_size",
    "count",
    "difference",
    "legal_rules",
    "lot_order",
    "most_rankings",
    "tally_to_json",
    "validate_rules",
]
