"""What a report can draw of a verdict: a module for each kind of picture. All of it is bounded (``model.evidence``)."""
