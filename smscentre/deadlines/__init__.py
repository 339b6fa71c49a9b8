"""When units must have reported, and who has not: dates and sets, nothing else.

Pure: the moment is an argument, what was reported is a mapping. It knows no clock,
no database and no text.
"""
