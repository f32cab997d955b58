"""Values that bodies of the register share: labels, ids, areas, calendar days."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from voting.community.areas import MAX_CM2
from voting.community.register_cells import MAX_LABEL, MAX_NAME

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("not_a_date", "expected a calendar day, YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""A calendar day, `YYYY-MM-DD` and nothing else that could be read as one."""

Label = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LABEL, strip_whitespace=True)]
"""How a building, unit or dwelling is called."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME, strip_whitespace=True)]
"""A person's or owner's name, a merge key, a reference."""

Phone = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=60)]
AreaCm2 = Annotated[int, Field(ge=1, le=MAX_CM2, description="Exclusive area in cm² (89.5 m² is 895000)")]
