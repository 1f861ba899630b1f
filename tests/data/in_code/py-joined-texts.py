import anthropic

anthropic.Anthropic().messages.create(
    model="claude-" "haiku-4-5",
    max_tokens=10,
    messages=[
        dict(role="user", content=("One line, "
                                   "and another.")),
        dict(role="assist" "ent", content="Yes."),
        {"role": "user", "content": "Go on."},
    ],
)
