"""What can go wrong with prompts: always a mistake of ours, found before anything is sent.

PromptBroken    a prompt file whose front matter or variables don't fit its task
"""

from __future__ import annotations


class PromptBroken(Exception):
    """A prompt file whose front matter or variables don't fit its task; the message names the file and the mend."""
