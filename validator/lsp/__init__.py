"""The language server: what the command says, while the text is being written.

| module | what it does |
|---|---|
| `server`, `wire` | speak the protocol, and do nothing else |
| `documents` | open documents, and what is known of each version of them |
| `text`, `brackets` | positions as clients count them, and the brackets of a text that is half typed |
| `recovery` | makes JSON of a text that is none, as far as it goes |
| `shapes`, `place` | what the schemas say of a place; `yaml_places` finds it in YAML |
| `diagnostics`, `hover`, `completion`, `actions`, `symbols` | a feature each: from a document to an answer |
"""
