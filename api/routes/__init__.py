"""One router per resource; no SQL, no rules."""
