"""How an instructor's YAML is read: values with their lines, expressions, and every mistake in plain words."""
