from gateway import client

client.messages.create(model="gpt-4o", max_tokens="many", messages=[])
client.messages.create(model="gemini-2.5-pro", max_tokens=-1, messages=[{"role": "model", "parts": []}])
client.messages.create(model="mistral-large", messages="x")
