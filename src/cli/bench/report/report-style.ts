/** The style sheet of the report, for light and dark screens, and for paper. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b1f24; --soft: #5b6470; --rule: #e3e6ea;
  --sent: #c2571a; --received: #1f6feb; --p50: #0b7a75; --p99: #7b4fd0; --lost: #c4314b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1c2026; --text: #e6e9ed; --soft: #9aa4b0; --rule: #2f353d;
    --sent: #f0935a; --received: #6ba6ff; --p50: #4cc3bc; --p99: #b795ff; --lost: #ff7d90;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 32px 20px 48px; }
h1 { margin: 0; font-size: 24px; line-height: 1.25; }
header p { margin: 4px 0 24px; color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0 0 16px; }
.tile, figure, details { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.tile { padding: 12px 16px; }
.tile dt { color: var(--soft); font-size: 13px; }
.tile dd { margin: 0; font-size: 24px; font-weight: 600; line-height: 1.3; white-space: nowrap; }
.tile dd small { font-size: 14px; font-weight: 400; color: var(--soft); }
.tile dd.more { font-size: 13px; font-weight: 400; color: var(--soft); white-space: normal; }
.tile.bad dd:not(.more) { color: var(--lost); }
figure { margin: 0 0 16px; padding: 14px 16px 8px; overflow-x: auto; }
figcaption, summary { margin: 0 0 6px; font-size: 15px; font-weight: 600; }
.unit { color: var(--soft); font-weight: 400; }
svg { display: block; width: 100%; min-width: 560px; height: auto; font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--rule); }
.tick { fill: var(--soft); }
.name { fill: var(--text); }
.line { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.sent { --hue: var(--sent); } .received { --hue: var(--received); } .lost { --hue: var(--lost); }
.p50 { --hue: var(--p50); } .p99 { --hue: var(--p99); }
.line { stroke: var(--hue); } .dot { fill: var(--hue); }
.band rect { fill: transparent; }
.band line { stroke: var(--soft); visibility: hidden; }
.band:hover line { visibility: visible; }
details { margin: 0 0 16px; padding: 14px 16px; overflow-x: auto; }
summary { cursor: pointer; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th { color: var(--soft); font-weight: 500; font-size: 13px; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody tr:last-child td { border-bottom: 0; }
td.bad { color: var(--lost); font-weight: 600; }
footer { color: var(--soft); font-size: 13px; }
@media print { body { background: none; } figure, details, .tile { break-inside: avoid; } }
`;
