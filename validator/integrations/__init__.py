"""Checks inside other programs; each module imports one optional library.

| module | where it checks |
|---|---|
| `httpx`, `httpx2` | in the transport of an HTTP client |
| `anthropic` | in the middleware of the official SDK, from 1.0 on |
| `litellm` | in LiteLLM, its SDK and its proxy |
| `pytest_plugin` | in a test suite |
"""
