"""Requests in code: read the calls of the Messages API out of source files.

| module | what it holds |
|---|---|
| `readers` | the documents of a file in any format |
| `python`, `python_…` | Python: the text, its names, its values, the calls |
| `notebook` | Jupyter notebooks: Python over all cells, and shell cells |
| `typescript`, `ts_…` | TypeScript and JavaScript: the syntax, the names, the values, the clients, the calls |
| `shell`, `shell_words` | the calls of `curl`, and a lexer of scripts that keeps places |
| `markdown`, `fences` | the calls in fenced blocks, and the places of their lines |
| `json_text`, `bodies` | JSON inside other texts, and whether it is a body of ours |
| `promptfoo`, `baml` | the parameters in configurations of promptfoo and BAML |
| `recordings`, `embedded`, `trees` | recordings of HTTP calls, and values and texts of JSON and YAML documents |
| `call`, `reading` | what a reader returns, and the documents that are made of it |
| `mapped`, `lexing` | texts that are taken out of a file, and the tokens of a source text |
| `comments` | the comments for msglint, and what they cover |
| `sdk`, `http`, `placeholders` | names of the official SDKs, requests without them, and texts that stand for others |
| `decoding` | source files as UTF-8 |
"""
