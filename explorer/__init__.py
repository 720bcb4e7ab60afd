"""What a person looks at: the summary and the report."""
