"""A look into base64 data: what they are and how large, without decoding what nobody asks for."""
