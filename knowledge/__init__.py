"""What is known: records, changesets, revisions, the store."""
