"""The networks of the lessons."""

from torch import nn


class SimpleCNN(nn.Module):
    """Two convolutions and two linear layers, 315,146 parameters: (N, 1, 28, 28) to (N, 10) logits.

    dropout is the share of the hidden values that it drops in training mode.
    """

    def __init__(self, *, dropout=0.0):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3)
        self.fc1 = nn.Linear(64 * 6 * 6, 128)
        self.fc2 = nn.Linear(128, 10)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(dropout)

    def forward(self, images):
        x = self.pool(self.relu(self.conv1(images)))  # (N, 32, 14, 14)
        x = self.pool(self.relu(self.conv2(x)))  # (N, 64, 6, 6)
        x = self.flatten(x)  # (N, 2304)
        x = self.dropout(self.relu(self.fc1(x)))  # (N, 128)
        return self.fc2(x)  # (N, 10)
