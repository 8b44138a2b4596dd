"""The host's side of the sandbox: starts workers, sends them jobs, decodes the records of runs."""
