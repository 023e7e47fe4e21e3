"""What a case is: calls with their arguments and dialect, drawn, edited, written down and read again."""
