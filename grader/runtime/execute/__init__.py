"""Runs a submission in a child: its statements, then its functions on hidden inputs."""
