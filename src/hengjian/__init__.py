"""Hengjian 衡鉴 reads printed performance forms, compiles their scoring rules and audits the scores."""

__version__ = "0.1.0"
