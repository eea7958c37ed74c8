# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How reports look: light, dark, on a phone and on paper. Colours never stand alone, and nothing is loaded. Pure."""

from __future__ import annotations

#: Contrast of text is at least 4.5 to 1 in both.
LIGHT = """
color-scheme: light;
--ground: #f6f7f8; --sheet: #ffffff; --ink: #1d2328; --quiet: #59636d; --line: #dce1e5; --shade: #f1f3f5;
--works: #17694a; --refused: #3b5570; --bad: #b1261d; --bad-shade: #fcefed;
--unknown: #7d5300; --unknown-shade: #fbf3e2; --good-shade: #ecf5f0;
"""
DARK = """
color-scheme: dark;
--ground: #111417; --sheet: #191d21; --ink: #e4e8eb; --quiet: #a0aab3; --line: #333a41; --shade: #20252a;
--works: #74cda3; --refused: #a9c0d8; --bad: #ff9488; --bad-shade: #33201f;
--unknown: #edbd68; --unknown-shade: #2e2718; --good-shade: #182a23;
"""

BASE = """
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI",
  Roboto, "Liberation Sans", sans-serif; overflow-wrap: break-word; }
h1, dd, code, .findings li, .through { overflow-wrap: anywhere; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; font-weight: 650; letter-spacing: -.01em; }
h1 small { display: block; font-size: .8rem; font-weight: 600; letter-spacing: .06em; text-transform: uppercase;
  color: var(--quiet); margin-bottom: .35rem; }
.through { color: var(--quiet); margin: .25rem 0 1.25rem; }
h2 { font-size: 1.15rem; margin: 0 0 .75rem; font-weight: 650; }
h3 { font-size: 1rem; margin: 0; font-weight: 600; }
p { margin: 0 0 .75rem; }
a { color: inherit; text-underline-offset: .2em; }
code { font: .86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  color: var(--quiet); }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: 1.4rem 1.5rem;
  margin: 1.25rem 0; }
dl { margin: 0; } dd { margin: 0; }
footer { color: var(--quiet); font-size: .85rem; padding-bottom: 3rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.marks { position: absolute; }
.mark { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.9;
  stroke-linecap: round; stroke-linejoin: round; }
.mark .solid, symbol .solid { fill: currentColor; }
.badge { display: inline-flex; gap: .4em; align-items: center; font-weight: 600; white-space: nowrap; }
.works { color: var(--works); } .refused { color: var(--refused); }
.excess, .missing { color: var(--bad); } .unknown { color: var(--unknown); }
.verdict { display: flex; gap: .8rem; align-items: flex-start; border-radius: .75rem; padding: 1rem 1.25rem; margin: 0;
  border: 1px solid; border-left-width: .4rem; font-size: 1.1rem; line-height: 1.5; }
.verdict .mark { font-size: 1.4rem; margin-top: .15rem; }
.verdict span { color: var(--ink); } .verdict strong { color: inherit; }
.verdict.works { background: var(--good-shade); } .verdict.missing { background: var(--bad-shade); }
.verdict.unknown { background: var(--unknown-shade); }
details { border-top: 1px solid var(--line); } details:last-of-type { border-bottom: 1px solid var(--line); }
summary { display: flex; gap: .6rem; align-items: center; padding: .7rem .25rem; cursor: pointer; font-weight: 600; }
summary::before { content: "+"; width: 1em; text-align: center; color: var(--quiet); } summary::marker { content: ""; }
details[open] > summary::before { content: "\\2212"; }
summary .count { margin-left: auto; font-weight: 400; color: var(--quiet); font-size: .9rem; }
:focus-visible { outline: 2px solid var(--refused); outline-offset: 2px; border-radius: .2rem; }
"""

REPORT = """
.findings { list-style: none; margin: 0; padding: 0; }
.findings > li { border-left: .25rem solid; padding: .1rem 0 .1rem 1rem; margin: 0 0 1.5rem; }
.findings > li:last-child { margin-bottom: 0; }
.findings > li > * { color: var(--ink); }
.findings h3 { display: flex; gap: .45rem; align-items: center; margin-bottom: .3rem; }
.findings > li:is(.excess, .missing) > h3 { color: var(--bad); } .findings > li.unknown > h3 { color: var(--unknown); }
.findings p { margin: 0 0 .4rem; } .findings ul { margin: 0; padding-left: 1.2rem; }
.findings ul code { margin-left: .3em; }
.contract { display: grid; grid-template-columns: minmax(0, 21rem) minmax(0, 1fr); gap: 1.75rem; align-items: start; }
.contract:has(.group) { grid-template-columns: minmax(0, 1fr); }
.facts div { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .75rem; padding: .4rem 0;
  border-bottom: 1px solid var(--line); }
.facts div:last-child { border-bottom: 0; }
.facts .places { list-style: none; margin: 0; padding: 0; } .facts .places li + li { margin-top: .25rem; }
.facts { font-size: .92rem; } .facts dt { color: var(--quiet); }
.drawing { display: grid; justify-items: stretch; font-size: .9rem; line-height: 1.35; overflow-wrap: anywhere; }
.drawing .box { background: var(--shade); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .85rem;
  display: flex; flex-direction: column; break-inside: avoid; }
.drawing .kind, .drawing .limit { font-size: .8rem; color: var(--quiet); } .drawing .name { font-weight: 600; }
.drawing .group { display: grid; gap: .5rem; border: 1px dashed var(--line); border-radius: .75rem; padding: .5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); }
.drawing .way { display: flex; gap: .4em; align-items: center; font-size: .8rem; margin-top: .2rem; }
.drawing .arrows { display: flex; flex-wrap: wrap; gap: 0 1.25rem; padding: .2rem 0 .2rem 1.1rem; min-height: 1rem; }
.drawing .arrow { display: flex; gap: .5rem; align-items: center; } .drawing .arrow svg { flex: none; display: block; }
.drawing .words { color: var(--ink); display: flex; flex-direction: column; } .drawing b { font-weight: 600; }
.arrow.works .word { color: var(--works); } .arrow.refused .word { color: var(--refused); }
.arrow:is(.excess, .missing) .word { color: var(--bad); } .arrow.unknown .word { color: var(--unknown); }
.drawing .edge, .drawing .tip { fill: none; stroke: currentColor; stroke-width: 2; }
.drawing .edge.refused { stroke-dasharray: 5 5; }
.drawing .edge.missing { stroke-dasharray: 5 5; stroke-width: 3; } .drawing .edge.excess { stroke-width: 4; }
.drawing .edge.unknown { stroke-dasharray: 1 6; stroke-linecap: round; stroke-width: 3; }
.drawing circle { fill: var(--sheet); stroke: currentColor; stroke-width: 1.5; }
.drawing .arrow .mark { fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; }
.drawing .past { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .5rem; padding-top: .2rem; }
.drawing .past > div { display: flex; flex-direction: column; } .drawing .past .arrow { padding: 0 0 .2rem .6rem; }
.drawing .past .box { padding: .4rem .6rem; flex: 1; } .drawing .past .arrow { gap: .35rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .6rem .75rem; border-bottom: 1px solid var(--line); vertical-align: middle; }
thead th { font-size: .85rem; color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 600; } th small { display: block; font-weight: 400; color: var(--quiet); font-size: .85rem; }
tbody:last-child tr:last-child > * { border-bottom: 0; }
td.excess, td.missing { background: var(--bad-shade); } td.unknown { background: var(--unknown-shade); }
.matrix th:first-child { width: 36%; } .unasked { color: var(--quiet); font-size: .85rem; }
.many { table-layout: fixed; } .many th:first-child { width: 20%; } .many th, .many td { padding: .5rem .3rem; }
.many td, .many thead th { font-size: .85rem; }
.many .badge { flex-direction: column; gap: .1em; align-items: flex-start; white-space: normal; }
.statements td { width: 9.5rem; } .statements th { font-weight: 400; }
.statements th, .statements td { padding: .38rem .75rem; } .statements tbody { font-size: .95rem; }
.statements tbody th.about { font-weight: 600; color: var(--quiet); font-size: .85rem; padding-top: 1rem; }
.statements tbody:first-of-type th.about { padding-top: .38rem; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1.5rem; margin-top: 1rem; font-size: .85rem;
  color: var(--quiet); }
.legend div { display: flex; gap: .5em; } .legend dt { display: flex; gap: .35em; align-items: center; font-weight: 600;
  color: var(--ink); }
.checks { list-style: none; margin: 0; padding: 0 0 .75rem 1.85rem; }
.checks > li { padding: .6rem 0; border-top: 1px dotted var(--line); font-size: .9rem; }
.checks .title { display: flex; gap: .5rem; align-items: center; margin: 0 0 .25rem; font-weight: 600; }
.checks .title code { color: var(--ink); }
.checks dl div { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem; }
.checks dt { color: var(--quiet); }
section > h3 { margin: 1.4rem 0 .5rem; } h3 .count { font-weight: 400; color: var(--quiet); }
.unread { border-left: .25rem solid var(--unknown); padding-left: 1rem; }
.blind { color: var(--quiet); font-size: .9rem; margin-top: 1.25rem; } .blind p { margin: 0; }
"""

INDEX = """
.contracts { list-style: none; margin: 0; padding: 0; }
.contracts > li { display: grid; align-items: start; grid-template-columns: 8.5rem 1fr; gap: .25rem 1rem;
  padding: 1rem 0; border-bottom: 1px solid var(--line); }
.contracts > li:first-child { padding-top: 0; }
.contracts > li:last-child { border-bottom: 0; padding-bottom: 0; }
.contracts h3, .contracts p { margin: 0; } .contracts p { color: var(--quiet); font-size: .9rem; }
.contracts .said { color: var(--ink); }
.fleet { border-collapse: collapse; width: 100%; table-layout: fixed; margin-bottom: 1rem; font-size: .9rem; }
.fleet th, .fleet td { text-align: left; vertical-align: top; padding: .5rem .5rem .5rem 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.fleet thead th { font-size: .85rem; color: var(--quiet); border-top: 0; } .fleet tbody th { font-weight: 600; }
.fleet th small { display: block; font-weight: 400; color: var(--quiet); } .fleet td p { margin: .25rem 0 0; }
.fleet th:nth-child(1) { width: 32%; } .fleet th:nth-child(2) { width: 8.5rem; } .fleet th:nth-child(4) { width: 8rem; }
"""

PHONE = """
@media (max-width: 56rem) {
  .contract { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
  .matrix { table-layout: fixed; } .matrix th:first-child { width: 27%; }
  .matrix .badge { white-space: normal; overflow-wrap: normal; }
}
@media (max-width: 40rem) {
  header, main, footer { padding-left: .75rem; padding-right: .75rem; } header { padding-top: 1.25rem; }
  h1 { font-size: 1.35rem; } .verdict { font-size: 1rem; padding: .8rem .9rem; }
  section { padding: 1rem .9rem; }
  .matrix th, .matrix td { padding: .5rem .25rem; font-size: .72rem; } .matrix th small { font-size: .74rem; }
  .matrix { table-layout: fixed; } .matrix th:first-child { width: 27%; padding-left: 0; }
  .matrix td { padding-right: 0; } .unasked { font-size: .7rem; }
  .matrix .badge { flex-direction: column; gap: .1em; align-items: flex-start; white-space: normal;
    overflow-wrap: normal; }
  .facts div { grid-template-columns: 6.5rem minmax(0, 1fr); }
  .statements th, .statements td { padding: .5rem .25rem; font-size: .9rem; } .statements td { width: 6.2rem; }
  .legend { flex-direction: column; } .checks { padding-left: 0; }
  .checks dl div { grid-template-columns: 1fr; gap: 0; margin-bottom: .3rem; }
  .contracts > li { grid-template-columns: 1fr; }
}
@media (max-width: 56rem) {
  .fleet thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .fleet, .fleet tbody, .fleet tr, .fleet th, .fleet td { display: block; }
  .fleet tr { border-top: 1px solid var(--line); padding: .5rem 0; }
  .fleet tbody th, .fleet td { border-top: 0; padding: .15rem 0; } .fleet th:nth-child(1) { width: auto; }
  .fleet td[data-column]::before { content: attr(data-column); display: block; font-size: .8rem; color: var(--quiet); }
  .many thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .many, .many tbody { display: block; } .many th, .many td { border-bottom: 0; }
  .many tr { display: flex; flex-wrap: wrap; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .many th, .many th:first-child { width: 100%; padding: .25rem; font-size: .9rem; }
  .many td { width: 25%; padding: .25rem; }
  .many td::before { content: attr(data-permission); display: block; font-size: .8rem; color: var(--quiet); }
}
"""

PAPER = """
@page { margin: 16mm 14mm; }
@media print {
  body { background: #fff; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  header, main, footer { max-width: none; padding: 0; }
  section { border: 0; padding: 0; margin: 7mm 0; } h1 { font-size: 17pt; }
  h2, h3, summary, h2 + p { break-after: avoid; }
  .findings > li, .checks > li, tr, tbody, .matrix, .facts div, .contract, .contracts > li { break-inside: avoid; }
  .contract { grid-template-columns: 82mm 1fr; gap: 6mm; }
  .contract:has(.group) { display: block; break-inside: auto; } .contract:has(.group) .facts { margin-top: 6mm; }
  .drawing .arrow svg { height: 11mm; width: auto; } .facts div { padding: .8mm 0; grid-template-columns: 30mm 1fr; }
  .facts { font-size: 8.5pt; } .statements th, .statements td { padding: 1mm 2mm; font-size: 9pt; }
  .matrix th, .matrix td { padding: 1.3mm 2mm; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; height: auto; }
  .checks { padding: 0; } .checks > li { font-size: 8.5pt; padding: 1.5mm 0; }
  .checks dl { display: flex; flex-wrap: wrap; gap: 0 1.2em; }
  .checks dl div { display: block; } .checks dt, .checks dd { display: inline; } .checks dt::after { content: ": "; }
  summary::before { content: none; } .legend { break-inside: avoid; }
}
"""


def style(*parts: str) -> str:
    """A style sheet of the base and these parts. Paper is light, whatever the screen is."""
    schemes = f":root {{{LIGHT}}}\n@media screen and (prefers-color-scheme: dark) {{ :root {{{DARK}}} }}\n"
    return schemes + BASE + "".join(parts) + PHONE + PAPER
