"""The list of messages: how many there are, who speaks when, and with what."""
