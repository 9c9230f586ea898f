"""A learner's own copies of the lessons, and newer versions of them."""
