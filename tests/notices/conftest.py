from tests.apply_cases.casehome import casework, home, template, time

from .receivers import certificate, hook, mail

__all__ = ["casework", "certificate", "home", "hook", "mail", "template", "time"]
