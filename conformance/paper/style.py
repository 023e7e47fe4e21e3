"""The look of pictures: system fonts, light and dark, and three colours that colour-blind readers can tell apart."""

INK = """
:root { color-scheme: light dark;
  --paper: #fdfdfc; --raised: #f5f4f1; --ink: #1d1d1b; --soft: #5c5b57; --line: #dedcd6; --accent: #b3261e;
  --ref: #0065a8; --got: #b84500; --open: #00734f; --fill: #e4eef6; --faint: #a9a69e; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #161618; --raised: #1f1f22; --ink: #ebeae6; --soft: #a9a7a1; --line: #36363b; --accent: #ff8a7a;
  --ref: #6bb8f0; --got: #ffa260; --open: #4fd0a2; --fill: #1d3040; --faint: #6d6b66; } }
"""
"""Colours. Each of ref (blue), got (orange) and open (green) has a shape of its own beside; `accent` marks what is broken."""

PICTURE = """
.picture { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.picture text { fill: var(--ink); } .picture .soft { fill: var(--soft); } .picture .small { font-size: 10px; }
.picture .tick { font-size: 8px; fill: var(--soft); } .picture .strong { font-weight: 600; }
.picture .end { text-anchor: end; } .picture .middle { text-anchor: middle; }
.picture path { fill: none; } .picture .paper { fill: var(--paper); } .picture .bar { fill: var(--faint); }
.picture .dot, .picture .ink { fill: var(--soft); }
.picture .dots { stroke: var(--soft); stroke-width: 3; stroke-linecap: round; }
.picture .grid { stroke: var(--line); stroke-width: .7; } .picture .axis { stroke: var(--faint); stroke-width: 1; }
.picture .cell { fill: none; stroke: var(--line); } .picture .box { fill: none; stroke: var(--ink); stroke-width: 1.6; }
.picture .second { stroke-dasharray: 5 3; } .picture .centres { stroke: var(--soft); }
.picture .enclosing { fill: none; stroke: var(--faint); stroke-dasharray: 1.5 3; }
.picture .predicted { fill: none; stroke: var(--soft); stroke-dasharray: 2 2; }
.picture .shared, .picture .cell.shared, .picture .within { fill: var(--fill); }
.picture .ref { fill: none; stroke: var(--ref); stroke-width: 2; }
.picture .got { fill: none; stroke: var(--got); stroke-width: 2; }
.picture .open { fill: none; stroke: var(--open); stroke-width: 1.4; } .picture .thin { stroke-width: 1; }
"""
