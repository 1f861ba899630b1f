"""The language server: reports in an editor what the command reports.

| module | what it does |
|---|---|
| `server`, `wire` | the protocol, and nothing else |
| `open_document` | open documents, with the cached results of their current version |
| `text`, `brackets` | positions as clients count them, and the brackets of incomplete JSON |
| `recovery` | repairs broken JSON as far as possible |
| `shapes`, `place` | what the schemas allow at a place; `yaml_places` finds the place in YAML |
| `diagnostics`, `hover`, `completion`, `actions`, `symbols` | one feature each, from a document to an answer |
"""
