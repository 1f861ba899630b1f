"""What can be said of a value of a request by itself: plain functions that know nothing of rules."""
