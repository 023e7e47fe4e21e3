"""The look of a report: one accent, which marks what is broken; system fonts; light and dark; wide and narrow."""

from conformance.paper.style import INK, PICTURE

_PAGE = """
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 4rem; } * + article { margin-top: 6rem; }
h1 { font-size: clamp(1.6rem, 4.5vw, 2.4rem); line-height: 1.2; letter-spacing: -.015em; font-weight: 650; margin: 0 0 1rem;
  overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; font-weight: 650; margin: 4rem 0 1rem; }
h3 { font-size: 1rem; font-weight: 600; margin: 0; display: inline; }
h4 { font-size: .875rem; font-weight: 600; color: var(--soft); margin: 2rem 0 .5rem; }
p { margin: .5rem 0; max-width: 44rem; } a { color: inherit; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--ref); outline-offset: 2px; border-radius: 3px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .8125rem; }
code { overflow-wrap: anywhere; }
pre { margin: .5rem 0; padding: 1rem; background: var(--raised); border-radius: 8px; overflow-x: auto; line-height: 1.5;
  max-height: 40rem; } .wrapped { white-space: pre-wrap; overflow-wrap: anywhere; }
.kicker, .facts, .note, figcaption { color: var(--soft); font-size: .875rem; }
.kicker { margin: 0 0 .75rem; } .facts { max-width: none; }
.wrong { color: var(--accent); }
.faults { list-style: none; padding: 0; margin: 2rem 0 0; }
.faults li { border-left: 3px solid var(--accent); padding: .25rem 0 .25rem 1rem; margin: 0 0 1rem; max-width: 44rem; }
.faults strong { display: block; font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .75rem; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; vertical-align: baseline; font-weight: 400; }
thead th { color: var(--soft); border-bottom: 1px solid var(--line); }
tbody th[scope=rowgroup] { padding-top: 1.1rem; font-weight: 600; border-bottom: 1px solid var(--line); }
.number { text-align: right; padding: .4rem 0 .4rem .75rem; white-space: nowrap; }
.hide { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
 td.wrong { font-weight: 600; }
.meter { display: inline-block; width: 3.5rem; height: 4px; border-radius: 2px; background: var(--line); margin: 0 .5rem;
  vertical-align: middle; overflow: hidden; } .meter i { display: block; height: 100%; background: var(--soft); }
.word { display: inline-block; min-width: 5.5rem; }
details { border-top: 1px solid var(--line); } details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: .9rem 0; } summary .told { display: block; color: var(--soft); font-size: .875rem;
  padding-left: 1.1rem; overflow-wrap: anywhere; }
.body { padding: 0 0 2.5rem 1.1rem; } .formula { font-size: 1rem; margin: 1rem 0; overflow-wrap: anywhere; }
dl { margin: 1rem 0; display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.clauses dt { color: var(--ink); font-weight: 600; } .clauses { gap: .75rem 1.5rem; font-size: .875rem; }
.clauses dd span { display: block; color: var(--soft); }
.figures { display: grid; gap: 2rem; margin: 1.5rem 0; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
figure { margin: 0; } svg.picture { width: 100%; max-width: 28rem; height: auto; display: block; }
footer { margin-top: 5rem; padding-top: 1.5rem; padding-bottom: 4rem; color: var(--soft); font-size: .875rem; }
@media (max-width: 40rem) {
  main { padding-top: 2rem; } main, footer { padding-left: 1rem; padding-right: 1rem; } .body { padding-left: 0; }
  .meter { display: none; } .word { min-width: 0; } th, td { padding-right: .4rem; } thead th { font-size: .75rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; } }
@media print { details > * { display: block; } pre { max-height: none; white-space: pre-wrap; } }
"""

PAGE = INK + PICTURE + _PAGE
"""The style of the page."""
