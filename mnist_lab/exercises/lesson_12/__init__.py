"""Lesson 12: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_12.e1_workers import EXERCISE as E1
from mnist_lab.exercises.lesson_12.e2_two_shards import EXERCISE as E2
from mnist_lab.exercises.lesson_12.e3_sum_or_mean import EXERCISE as E3
from mnist_lab.exercises.lesson_12.e4_unequal_shards import EXERCISE as E4
from mnist_lab.exercises.lesson_12.e5_one_step import EXERCISE as E5

EXERCISES = (E1, E2, E3, E4, E5)
