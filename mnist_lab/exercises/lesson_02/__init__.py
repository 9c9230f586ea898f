"""Lesson 02: an exercise a file, and its questions in questions.toml."""
