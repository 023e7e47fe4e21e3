"""One example: asked, judged, remembered."""
