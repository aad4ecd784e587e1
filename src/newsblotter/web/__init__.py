"""The desk: web pages and an API over a store. Needs the extra ``web``; nothing of the other rooms imports this one.

    request → guard (host, size, origin) → access (who, which role) → a router → pages (Jinja) or JSON

``app.py`` puts it together; each router is a module of its own and names the role that it asks for there.
"""
