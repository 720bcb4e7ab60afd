"""What the models are asked: one Markdown file a task, versioned, and a small loader."""
