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


def misplaced(right, *, letters, form, why):
    """Return the probe that gives why(place, letter) for each wrong letter; places are counted from 1.

    form is the sentence for an answer that is not one of these letters for each place.
    """

    def probe(answer):
        given = letters_of(answer) if isinstance(answer, str | list | tuple) else []
        if len(given) != len(right) or set(given) - set(letters):
            return [form]
        places = enumerate(zip(given, right, strict=True), 1)
        return [why(place, actual) for place, (actual, expected) in places if actual != expected]

    return probe


def misnamed(too_many, missing, *, example):
    """Return the probe that gives a sentence for each letter that is too many or missing, in any order.

    The letters of missing are the right ones; the example is shown where an answer has other signs.
    """
    letters = sorted(too_many | missing)
    form = f'The answer is a text of letters from {letters[0]} to {letters[-1]}, such as `"{example}"`.'

    def probe(answer):
        named = set(letters_of(answer))
        if not named or not named <= set(letters):
            return [form]
        wrong = [too_many[letter] for letter in letters if letter in named & too_many.keys()]
        return wrong + [missing[letter] for letter in letters if letter in missing.keys() - named]

    return probe


def exchanged(right, places):
    """Return the right letters as a text, but for some places, as in exchanged("BAC", {3: "A"})."""
    return " ".join(places.get(place, letter) for place, letter in enumerate(right, 1))
