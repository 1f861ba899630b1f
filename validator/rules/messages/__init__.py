"""Rules for the list of messages: its length, the order of its roles, and the content of its turns."""
