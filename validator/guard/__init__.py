"""A reverse proxy in front of one upstream, which checks what passes through it.

| module | what it does |
|---|---|
| `proxy` | passes requests and answers on, byte for byte |
| `findings` | checks requests, prints what is found, and counts |
| `running` | runs the proxy, and a command behind it |
"""
