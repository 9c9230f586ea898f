"""Lesson 05: an exercise a file, and its questions in questions.toml."""
