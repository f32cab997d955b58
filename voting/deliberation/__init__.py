"""Deliberation: what residents propose and endorse, and how they amend it, before anything is voted on."""
