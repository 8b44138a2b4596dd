"""Makes the student's modules after the run, sets their parameters, and calls them with hidden inputs."""
