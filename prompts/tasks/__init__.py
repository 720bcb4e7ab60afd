"""The tasks, by agent: typed inputs and outputs. Their words stand in the Markdown files beside this folder."""
