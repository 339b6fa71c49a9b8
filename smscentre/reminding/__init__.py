"""What the centre sends by the clock: reminders before a deadline, digests after.

A stage of its own beside inbox and commands; its texts are handed to it.
"""
