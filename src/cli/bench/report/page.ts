/** A page of figures: one file that needs no other, and no network. Well-formed as XML too. */
import { printable } from '../../streams/printable.ts';
import { escapeHtml } from './html.ts';
import { reportStyle } from './report-style.ts';

export interface PageParts {
  title: string;
  subtitle: string;
  /** In HTML. */
  content: string;
  footer: string;
}

export function htmlPage({ title, subtitle, content, footer }: PageParts): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body><main>
<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(subtitle)}</p></header>
${content}
<footer>${escapeHtml(footer)}</footer>
</main></body>
</html>
`;
}

/** @param value a figure and, after a space, its unit; @param more small, below it */
export function tile(name: string, value: string, more: string, isBad = false): string {
  const [, figure = value, unit = ''] = /^(\S+) (\S+)$/.exec(value) ?? [];
  return (
    `<div class="tile${isBad ? ' bad' : ''}"><dt>${escapeHtml(name)}</dt>` +
    `<dd>${escapeHtml(figure)} <small>${escapeHtml(unit)}</small></dd><dd class="more">${escapeHtml(more)}</dd></div>`
  );
}

export function tileList(tiles: readonly string[]): string {
  return `<dl class="tiles">${tiles.join('')}</dl>`;
}

export type Cell = string | { text: string; className: string };

/** Longer tables are there for those who ask. */
const mostRows = 60;

export function table(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (content: Cell): string =>
    typeof content === 'string'
      ? `<td>${escapeHtml(printable(content))}</td>`
      : `<td class="${content.className}">${escapeHtml(content.text)}</td>`;
  const headings = head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  const open = rows.length <= mostRows ? ' open="open"' : '';
  return (
    `<details${open}><summary>${escapeHtml(title)}</summary>` +
    `<table><thead><tr>${headings}</tr></thead><tbody>${body}</tbody></table></details>`
  );
}
