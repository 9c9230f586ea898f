"""Lesson 10: three questions on earlier lessons, and the exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="10.q1",
        text="A network called 400 pictures with a confidence between 0.8 and 0.9. It was right on 240 of "
        "them. What do you say of it?",
        right="it is too sure of itself there: 0.6 where it claims about 0.85",
        why="A confidence is a claim, and counting tests it: 240 of 400 is 0.6. The gap, weighted by how "
        "many pictures lie in the bin, goes into the calibration error.",
        wrong={
            "it is calibrated: most of them were right": "Calibrated would be 85 of a hundred, as claimed. "
            "Most is not enough when nearly all was promised.",
            "its accuracy is about 0.85": "That is what it believes. What it does is counted: 240 of 400.",
            "nothing: confidence is not accuracy, so the two cannot be compared": "They are two things, and "
            "comparing them bin by bin is just what a reliability diagram does.",
        },
    ),
    Question(
        id="10.q2",
        text="A network with a softmax as its last layer is trained with `nn.CrossEntropyLoss` on ten "
        "classes. What will you see?",
        right="it learns, but its loss never passes below about 1.46",
        why="`CrossEntropyLoss` applies log-softmax itself. After two of them a perfect answer still costs "
        "ln(e + 9) − 1.",
        wrong={
            "an error, since probabilities are no logits": "Both are ten floats for each image, and the loss "
            "cannot tell them apart. It runs without a word.",
            "the same as without it: softmax does not change the order": "The order stays, so accuracy may "
            "look fine. But the loss squeezes shares from 0 to 1 once more and can no longer get small.",
            "the loss stays at 2.30": "That would be a network that does not learn at all, for instance with "
            "labels shuffled apart. This one learns, more slowly.",
        },
    ),
    Question(
        id="10.q3",
        text="A hospital has ten X-rays of each of 300 patients. Somebody works out mean and standard "
        "deviation over all of them, then deals the X-rays at random into training, validation and test. "
        "What leaks?",
        right="both: the constants saw the test, and patients are in several parts",
        why="Constants come from training images only, and what will be new in use has to be new in the "
        "test: here the patients.",
        wrong={
            "only the constants": "They do, a little. Worse: pictures of one patient resemble each other, "
            "and a random deal puts them into training and test.",
            "only the patients": "They do, and it is the worse of the two. But the mean and standard "
            "deviation of all images have looked at the test images as well.",
            "nothing: no X-ray is in two parts": "No file is, but what is in it is: the same patient, on "
            "another day. The test would ask for what was learned by heart.",
        },
    ),
    Question(
        id="10.exit",
        text="A report says: our network reads street numbers with 99.1 %. Which one further sentence would "
        "you rather have than any other of these?",
        right="on which images that was counted, how many, and what had been chosen on them",
        why="Without it, no other number can be judged: it may be training images, a hundred of them, or "
        "those that picked the best of fifty runs.",
        wrong={
            "its accuracy in training": "Near 100 shows capacity. It says nothing about images that it "
            "never saw.",
            "the best of all its seeds": "The best seed is a lottery ticket. Mean and spread would help, "
            "once you know on which images.",
            "its mean confidence": "That is what the network believes of itself. Counting on known images "
            "has to come first.",
            "how many parameters it has": "Size explains nothing about an accuracy of which you do not know "
            "on what it was counted.",
        },
    ),
]
