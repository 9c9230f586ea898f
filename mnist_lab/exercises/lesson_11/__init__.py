"""Lesson 11: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_11.e1_image_cost import EXERCISE as E1
from mnist_lab.exercises.lesson_11.e2_larger_batches import EXERCISE as E2
from mnist_lab.exercises.lesson_11.e3_warm_up import EXERCISE as E3
from mnist_lab.exercises.lesson_11.e4_target import EXERCISE as E4
from mnist_lab.exercises.lesson_11.e5_evidence import EXERCISE as E5
from mnist_lab.exercises.lesson_11.e6_beat_recipe import EXERCISE as E6

EXERCISES = (E1, E2, E3, E4, E5, E6)
