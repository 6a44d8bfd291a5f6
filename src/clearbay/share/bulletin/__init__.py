"""The monthly bulletin as people get it: one document in four languages, set as HTML and as PDF."""

from clearbay.share.bulletin.document import Document, compose
from clearbay.share.bulletin.html import html
from clearbay.share.bulletin.pdf import pdf

__all__ = ["Document", "compose", "html", "pdf"]
