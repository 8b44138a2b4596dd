"""Steps of training loops: how leaves of backward passes get new values, from an optimiser or by hand."""
