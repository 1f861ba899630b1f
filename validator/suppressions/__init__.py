"""Suppressions: what is found and not reported, as somebody said so.

| module | where it is said |
|---|---|
| `comments` | in the text itself, where its format has comments |
| `places` | in a configuration, by globs of files and of JSON Pointers |
| `baseline` | in a file of findings that are known already |
"""
