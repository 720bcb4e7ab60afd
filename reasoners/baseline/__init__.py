"""The offline baseline: cue phrases, lexicons, embeddings and defaults. The floor that every configuration must beat."""
