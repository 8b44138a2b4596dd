"""What of a reference solution's run its checks compare with, for recordings that go to students."""
