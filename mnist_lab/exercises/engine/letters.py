"""Answers that are letters: one for each place, or those that fit."""

BETWEEN = " ,;:.+&-→>/\t\n"  # signs that may stand between letters


def letters_of(answer):
    """Return the letters of a text, or of a list of texts, in capitals: "b, d" and "B and D" are alike.

    Places that are numbered from 1, as in "1B 2D", lose their numbers.
    """
    parts = [answer] if isinstance(answer, str) else answer
    text = " ".join(map(str, parts)) if isinstance(parts, list | tuple | set) else ""
    signs = [sign for sign in text.upper().replace(" AND ", "") if sign not in BETWEEN]
    numbers, letters = signs[::2], signs[1::2]
    return letters if numbers == [str(place) for place, _ in enumerate(letters, 1)] else signs


def misplaced(answer, right, *, letters, form, why):
    """Return why(place, letter) for each place, from 1, that holds another letter than the right one.

    form is the sentence for an answer that is not one of these letters for each place.
    """
    given = letters_of(answer) if isinstance(answer, str | list | tuple) else []
    if len(given) != len(right) or set(given) - set(letters):
        return [form]
    places = enumerate(zip(given, right, strict=True), 1)
    return [why(place, actual) for place, (actual, expected) in places if actual != expected]


def misnamed(answer, *, too_many, missing, form):
    """Return a sentence for each letter that is too many or missing, in any order of the answer.

    The letters of missing are the right ones; form is the sentence for an answer of other signs.
    """
    named = set(letters_of(answer))
    if not named or named - too_many.keys() - missing.keys():
        return [form]
    surplus = [too_many[letter] for letter in sorted(named & too_many.keys())]
    return surplus + [missing[letter] for letter in sorted(missing.keys() - named)]


def exchanged(right, places):
    """Return the right letters as a text, but for some places, as in exchanged("BAC", {3: "A"})."""
    return " ".join(places.get(place, letter) for place, letter in enumerate(right, 1))
