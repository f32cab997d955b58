"""Deliberation: what residents propose, endorse, amend and say before anything is voted on, and what may become of it."""
