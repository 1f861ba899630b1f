"""What the model is asked to answer with: how much, how fast, and in which form."""
