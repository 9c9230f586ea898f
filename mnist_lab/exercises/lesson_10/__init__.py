"""Lesson 10: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_10.e1_sentences import EXERCISE as E1
from mnist_lab.exercises.lesson_10.e2_luckiest_seed import EXERCISE as E2
from mnist_lab.exercises.lesson_10.e3_which_test import EXERCISE as E3
from mnist_lab.exercises.lesson_10.e4_font_split import EXERCISE as E4
from mnist_lab.exercises.lesson_10.e5_model_in_file import EXERCISE as E5
from mnist_lab.exercises.lesson_10.e6_honest_claim import EXERCISE as E6

EXERCISES = (E1, E2, E3, E4, E5, E6)
