"""When a network is wrong, whether it knows, and what it looks at.

A file for each question: errors, calibration, explanations, corruptions, hidden, glyphs.
"""
