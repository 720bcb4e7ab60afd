"""Who judges: chat models, the offline baseline, a script for tests; with the journal, the limits and the retries."""
