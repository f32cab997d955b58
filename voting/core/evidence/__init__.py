"""Evidence: canonical bytes, hashes with a purpose, Merkle trees. What an auditor recomputes without the service."""
