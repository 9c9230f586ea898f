"""Lesson 05: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_05.e1_state_dict import EXERCISE as E1
from mnist_lab.exercises.lesson_05.e2_dictionaries import EXERCISE as E2
from mnist_lab.exercises.lesson_05.e3_unsafe_load import EXERCISE as E3
from mnist_lab.exercises.lesson_05.e4_mend_load import EXERCISE as E4
from mnist_lab.exercises.lesson_05.e5_older_names import EXERCISE as E5
from mnist_lab.exercises.lesson_05.e6_keep_best import EXERCISE as E6
from mnist_lab.exercises.lesson_05.e7_forgotten import EXERCISE as E7
from mnist_lab.exercises.lesson_05.e8_resume import EXERCISE as E8
from mnist_lab.exercises.lesson_05.e9_fork import EXERCISE as E9

EXERCISES = (E1, E2, E3, E4, E5, E6, E7, E8, E9)
