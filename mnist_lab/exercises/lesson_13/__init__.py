"""Lesson 13: an exercise a file, and its questions in questions.toml."""
