"""The command line: options, what a terminal shows, candidates judged in processes of their own."""
