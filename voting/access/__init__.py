"""Who asks: tokens, principals, roles and scopes, API clients, identities."""
