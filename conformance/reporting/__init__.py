"""Reports as files: a record for machines, a page for people, a summary for a pull request, a badge, and JUnit."""
