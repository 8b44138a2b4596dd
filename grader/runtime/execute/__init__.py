"""One run of one submission in its child: its statements, then its functions on hidden inputs."""
