"""The series in a table: what is right in each lesson, how far the guesses held, and what comes next."""

from mnist_lab.exercises.registry import exercises, lessons


def series(known):
    """Return the lines of the table; known is what kept.kept returns."""
    rows = [("lesson", "exercises right", "predictions right", "questions right")]
    for lesson in lessons():
        own = [known["exercises"].get(exercise.id, {}) for exercise in exercises(lesson)]
        guesses = [made for id, made in known["predictions"].items() if id.startswith(f"{lesson}.")]
        guesses = [made for made in guesses if made.get("right") is not None and made.get("confidence")]
        sure = sum(made["confidence"] for made in guesses) / max(1, len(guesses))
        answers = [at for id, at in known["questions"].items() if id.endswith(f" in lesson {lesson:02d}")]
        said = f", {sure:.0f} % sure" if guesses else ""
        rows.append((f"{lesson:02d}", _right(own), _right(guesses) + said, _right(answers)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def next_step(known):
    """Return a sentence on the first exercise that is not right, from the last one that was tried on."""
    course, tried = exercises(), known["exercises"]
    last = max((place for place, exercise in enumerate(course) if exercise.id in tried), default=0)
    for exercise in course[last:] + course[:last]:
        if not tried.get(exercise.id, {}).get("right"):
            return f"Next: exercise {exercise.id}, {exercise.title}."
    return "All exercises are right."


def _right(entries):
    return f"{sum(entry.get('right') is True for entry in entries)} of {len(entries)}" if entries else ""
