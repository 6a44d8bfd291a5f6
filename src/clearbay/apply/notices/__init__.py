"""Notices: who is told what about cases, in which language, and how it leaves the node.

``telling`` decides in the transaction of each action, ``words`` says it in four languages, ``postman`` takes what is
in the outbox to mail servers, webhooks and browsers.
"""
