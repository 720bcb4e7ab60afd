"""Ingestion, structuring, critic, crux finder: each reads a view and proposes records."""
