"""Continua: continuing education for social workers, from Markdown to a certificate anyone can check."""
