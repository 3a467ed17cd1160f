// How the page looks, in light and in dark.

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2127; --quiet: #5b6570; --rule: #dde1e6; --own: #1f6feb; --other: #7a8490;
  --good: #1a7f37; --fair: #9a6700; --bad: #cf222e; --band: #1f6feb33;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --ink: #e3e7ec; --quiet: #9aa5b1; --rule: #2f363e; --own: #6cb0ff; --other: #96a0ac;
    --good: #4ac26b; --fair: #d9a53a; --bad: #ff7b72; --band: #6cb0ff33;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 0.5rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 3rem 0 0.25rem; }
h3 { font-size: 0.95rem; margin: 1.5rem 0 0.25rem; }
p { margin: 0.25rem 0 0.75rem; max-width: 46rem; }
.quiet { color: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; margin: 0.5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid var(--rule); }
th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
td:first-child { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; margin: 0.5rem 0 1rem; }
svg text { fill: var(--ink); font-size: 13px; }
svg text.quiet { fill: var(--quiet); font-size: 12px; }
svg text.end { text-anchor: end; }
svg text.middle { text-anchor: middle; }
svg .good { fill: var(--good); } svg .fair { fill: var(--fair); } svg .bad { fill: var(--bad); }
svg .own { fill: var(--own); } svg .other { fill: var(--other); }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .rule { stroke: var(--quiet); stroke-width: 1; }
svg .all { stroke: var(--quiet); stroke-width: 1; }
svg .most.own { stroke: var(--own); } svg .most.other { stroke: var(--other); }
svg .most { stroke-width: 5; stroke-linecap: round; opacity: 0.45; }
svg .goal { stroke: var(--good); stroke-width: 2; stroke-dasharray: 3 2; }
svg .floor { stroke: var(--ink); stroke-width: 1.5; }
svg .band { fill: var(--band); }
svg .curve { fill: none; stroke: var(--own); stroke-width: 2; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 0 1.5rem; }
.curves svg { margin: 0.25rem 0 0; }
.small { font-size: 0.85rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0 1.5rem; }
`;
