"""How the run went, for the report: its errors, their causes, notes."""
