"""Lesson 04: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_04.e1_runs_or_fails import EXERCISE as E1
from mnist_lab.exercises.lesson_04.e2_made_on_the_way import EXERCISE as E2
from mnist_lab.exercises.lesson_04.e3_mismatch import EXERCISE as E3
from mnist_lab.exercises.lesson_04.e4_clock import EXERCISE as E4
from mnist_lab.exercises.lesson_04.e5_timing import EXERCISE as E5
from mnist_lab.exercises.lesson_04.e6_nested_batch import EXERCISE as E6

EXERCISES = (E1, E2, E3, E4, E5, E6)
