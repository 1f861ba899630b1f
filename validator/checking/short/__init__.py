"""A short way for plain messages: a typed decoder reads them, and what is around them is read by itself, or known.

msgspec turns the bytes of plain messages into structs, which is all that the schemas say of them. The text around them
is parsed with a number in their place; if its setup comes again it is known by its bytes. From the structs
comes the same index as from parsed messages, and the engine's own plan for that setup says which rules have to look at
the messages. These run: on the few messages with other blocks than usual (images, say), or, if one reads more, on all,
parsed after all. Where they find something, or anything is not certain, the request goes the usual way. So what is
found is always the same, and everything works without this folder.

The way goes from `frames.py` (what is around the messages) over `way.py`, `reading.py`, `structs.py` and `index.py`
with `kinds.py`; `conversations.py` remembers messages that come again.
"""
