"""What is written for people, whoever writes it: Markdown, HTML and SVG as text, numbers and names in words."""
