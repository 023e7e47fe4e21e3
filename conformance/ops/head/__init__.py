"""The whole head: from feature maps and targets to one number."""
