"""Requests in code: read the calls of the Messages API out of source files.

| module | what it holds |
|---|---|
| `call` | what a reader returns: calls, comments, and why nothing could be read |
| `mapped` | texts that are taken out of a file, with their places in it |
| `sdk` | names of the official SDKs: methods, clients, keywords |
| `reading` | from what a reader found to documents |
| `comments` | the comments for msglint, and what they cover |
| `lexing` | brackets, commas, texts and comments of a source text |
| `trees` | values and texts of JSON and YAML documents |
| `promptfoo` | configurations of promptfoo |
| `recordings` | recordings of HTTP calls |
| `embedded` | the calls in both |
| `baml` | clients of BAML |
| `decoding` | source files as UTF-8 |
| `readers` | the documents of a file in any format |
"""
