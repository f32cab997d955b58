"""Evidence: canonical bytes, hashes with a purpose, Merkle trees, signed notes, tiles, proofs and the events of a log.

What an auditor recomputes without the service.
"""
