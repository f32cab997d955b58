"""Programs that speak with the service over HTTP and share no code with it."""
