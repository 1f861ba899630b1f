import contextlib
import unittest

import anthropic

client = anthropic.Anthropic()


class Refusals(unittest.TestCase):
    def test_role(self):
        with self.assertRaises(anthropic.BadRequestError):
            client.messages.create(
                model="claude-haiku-4-5", max_tokens=5, messages=[{"role": "nobody", "content": "x"}]
            )

    @unittest.expectedFailure
    def test_limit(self):
        client.messages.create(model="claude-haiku-4-5", max_tokens=-5, messages=[{"role": "user", "content": "x"}])


with contextlib.suppress(anthropic.BadRequestError):
    client.messages.create(model="claude-haiku-4-5", max_tokens=5, messages=[])
