"""The engine that runs rules over a request, and the values that it hands them."""
