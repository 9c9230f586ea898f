"""For teachers: lessons as graded assignments for nbgrader, and as solved notebooks."""
