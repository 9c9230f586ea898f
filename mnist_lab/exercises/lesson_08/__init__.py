"""Lesson 08: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_08.e1_rows import EXERCISE as E1
from mnist_lab.exercises.lesson_08.e2_flatten import EXERCISE as E2
from mnist_lab.exercises.lesson_08.e3_four_losses import EXERCISE as E3
from mnist_lab.exercises.lesson_08.e4_labels import EXERCISE as E4
from mnist_lab.exercises.lesson_08.e5_gradients import EXERCISE as E5
from mnist_lab.exercises.lesson_08.e6_softmax_twice import EXERCISE as E6
from mnist_lab.exercises.lesson_08.e7_pairs import EXERCISE as E7
from mnist_lab.exercises.lesson_08.e8_left_behind import EXERCISE as E8
from mnist_lab.exercises.lesson_08.e9_raw_bytes import EXERCISE as E9
from mnist_lab.exercises.lesson_08.e10_axis import EXERCISE as E10
from mnist_lab.exercises.lesson_08.e11_out_of_bounds import EXERCISE as E11
from mnist_lab.exercises.lesson_08.e12_plain_list import EXERCISE as E12
from mnist_lab.exercises.lesson_08.e13_zero_logits import EXERCISE as E13
from mnist_lab.exercises.lesson_08.e14_scoring import EXERCISE as E14
from mnist_lab.exercises.lesson_08.e15_loading import EXERCISE as E15

EXERCISES = (E1, E2, E3, E4, E5, E6, E7, E8, E9, E10, E11, E12, E13, E14, E15)
