"""What happened: events that are never changed, and commitments waiting for their log."""
