import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { RateRecord, SummaryRecord } from '../../../../src/cli/bench/record.ts';
import { chartPicture } from '../../../../src/cli/bench/report/chart.ts';
import { type ReportData, reportPage } from '../../../../src/cli/bench/report/report-page.ts';
import { niceScale } from '../../../../src/cli/bench/report/scale.ts';

const received = { messages: 100, bytes: 1e6, mbps: 80, lost: 3, duplicated: 0, reordered: 0 };
const latency = { p50: 1.5, p90: 3, p99: 9, max: 12, error: 0 };
const summary: SummaryRecord = {
  type: 'summary',
  size: 8192,
  seconds: 3,
  sent: { messages: 100, bytes: 1e6, mbps: 81 },
  received,
  latency,
};

function rate(at: number, more: Partial<RateRecord> = {}): RateRecord {
  return { type: 'rate', at, seconds: 1, sent: summary.sent, received, latency, ...more };
}

function page(more: Partial<ReportData> = {}): string {
  return reportPage({
    summary,
    rates: [rate(1), rate(2), rate(3)],
    steps: [],
    transport: 'ws',
    at: new Date('2026-08-20T12:00:00Z'),
    ...more,
  });
}

/** The elements, each with its attributes and its text. */
function elements(html: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const all: ReturnType<typeof elements> = [];
  const open: typeof all = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, text: '' };
    all.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    for (const element of open) element.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(html).close();
  return all;
}

describe('the report', () => {
  it('is well formed, and needs nothing from elsewhere', () => {
    const html = page();
    const all = elements(html);
    expect(all.filter(({ name }) => ['script', 'link', 'img', 'iframe'].includes(name))).toEqual([]);
    for (const { attributes } of all)
      for (const [name, value] of Object.entries(attributes)) {
        expect(name).not.toMatch(/^(on|src|href)/);
        expect(value).not.toMatch(/https?:/);
      }
    expect(html).not.toMatch(/url\(|@import/);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('plots rate, latency and loss, and tells each second', () => {
    const all = elements(page());
    const titles = all.filter(({ name }) => name === 'figcaption').map(({ text }) => text);
    expect(titles).toEqual(['Rate Mbit/s', 'Latency ms', 'Lost messages']);
    const lines = all.filter(({ name }) => name === 'path');
    expect(lines.map(({ attributes }) => attributes.class)).toEqual([
      'line sent',
      'line received',
      'line p50',
      'line p99',
      'line lost',
    ]);
    for (const { attributes } of lines) expect(attributes.d).toMatch(/^M[\d. ]+h0(L[\d. ]+){2}$/);
    expect(all.filter(({ name }) => name === 'tr')).toHaveLength(4);
    expect(all.find(({ name, text }) => name === 'title' && text.startsWith('2 s'))?.text).toBe(
      '2 s\nsent: 81.0 Mbit/s\nreceived: 80.0 Mbit/s',
    );
  });

  it('leaves gaps where nothing is known, and leaves out what there is not', () => {
    const { latency: _latency, ...without } = rate(2);
    const gap = elements(page({ rates: [rate(1), without, rate(3), rate(4)] }));
    expect(gap.find(({ attributes }) => attributes.class === 'line p50')?.attributes.d).toMatch(
      /^M[\d. ]+h0M[\d. ]+h0L[\d. ]+$/,
    );
    const nothing = { ...received, messages: 0, lost: 0 };
    const { latency: _none, ...sentOnly } = rate(1, { received: nothing });
    const all = elements(page({ rates: [sentOnly] }));
    expect(all.filter(({ name }) => name === 'figcaption').map(({ text }) => text)).toEqual(['Rate Mbit/s']);
    expect(all.filter(({ name }) => name === 'th').map(({ text }) => text)).toEqual(['at', 'sent']);
  });

  it('can be made of nothing', () => {
    const nothing = { ...received, messages: 0, bytes: 0, mbps: 0, lost: 0 };
    const sent = { messages: 0, bytes: 0, mbps: 0 };
    const empty: SummaryRecord = { type: 'summary', size: 0, seconds: 0, sent, received: nothing };
    expect(elements(page({ rates: [], summary: empty })).some(({ name }) => name === 'svg')).toBe(false);
  });

  it('tells the steps of a search', () => {
    const steps = [
      { type: 'step', tried: 10, sent: 10, lost: 0 },
      { type: 'step', tried: 20, sent: 20, lost: 7 },
    ] as const;
    const all = elements(page({ steps, summary: { ...summary, find: { mbps: 10, limit: 'loss' } } }));
    expect(all.filter(({ attributes }) => attributes.class === 'bad').map(({ text }) => text)).toContain('7');
    expect(all.find(({ name }) => name === 'dl')?.text).toContain('10.0 Mbit/s');
  });
});

describe('an axis', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 0.25, 0.5, 0.75, 1]],
    [7, [0, 2, 4, 6, 8]],
    [823, [0, 250, 500, 750, 1000]],
    [0.03, [0, 0.01, 0.02, 0.03]],
  ])('up to %d has round numbers', (max, ticks) => {
    expect(niceScale(max, 4).ticks).toEqual(ticks);
  });
});

describe('a chart alone', () => {
  it('is a picture with its style in it', () => {
    const values = [1, undefined, 3];
    const picture = chartPicture({
      title: 'A & B',
      unit: 'Mbit/s',
      times: [1, 2, 3],
      series: [{ name: 'A', className: 'sent', values }],
      format: (value) => `${value} Mbit/s`,
    });
    const [svg, style] = elements(picture);
    expect(svg).toMatchObject({
      name: 'svg',
      attributes: { xmlns: 'http://www.w3.org/2000/svg', 'aria-label': 'A & B: A' },
    });
    expect(style?.text).toContain('.line');
    expect(elements(picture).filter(({ attributes }) => attributes['class']?.includes('line'))).not.toEqual(
      [],
    );
  });
});
