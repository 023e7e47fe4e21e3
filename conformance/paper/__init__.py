"""Markdown, HTML and SVG as text."""
