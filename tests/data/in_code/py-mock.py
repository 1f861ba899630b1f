from unittest.mock import MagicMock


def make():
    client = MagicMock()
    client.messages.create(model="claude-haiku-4-5", max_tokens="x", messages=[])
    client.messages.create.assert_called_once_with(model="claude-haiku-4-5", max_tokens="x", messages=[])
