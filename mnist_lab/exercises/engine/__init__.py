"""Judges an answer, and knows no lesson: cases, known mistakes, a time limit, and the sentence that helps."""
