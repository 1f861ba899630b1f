import instructor
import openai
from anthropic import Anthropic
from pydantic import BaseModel

from chat import slack


class City(BaseModel):
    name: str


structured = instructor.from_anthropic(Anthropic())
city = structured.messages.create(
    model="claude-haiku-4-5", max_tokens="x", response_model=City, messages=[{"role": "person", "content": "Rome"}]
)
openai.OpenAI().beta.threads.messages.create("thread_1", role="user", content="Rome")
slack.messages.create(channel="#cities", text="Rome")
Anthropic().messages.create(
    model="claude-haiku-4-5", max_tokens=5, messages=[{"role": "user", "content": "Rome"}], top_p=3
)
