"""Apply fixes to a text, and leave every other byte of it alone.

| module | purpose |
|---|---|
| `values` | applies operations to a value |
| `json_edits`, `yaml_edits`, `code_edits` | turn operations into edits of a text |
| `code_literals` | spells values as Python, JavaScript and JSON do |
| `applying` | applies the fixes of a text until none is left that improves it, and takes back the others |
"""
