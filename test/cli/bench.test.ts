/** `jcli bench` between separate processes, over both channels. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { jcli, startSandbox } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';

interface Amount {
  messages: number;
  bytes: number;
  mbps: number;
}

interface Summary {
  type: string;
  size: number;
  seconds: number;
  sent: Amount;
  received: Amount & { lost: number; duplicated: number; reordered: number };
  latency?: { p50: number; p90: number; p99: number; max: number; error: number };
  find?: { mbps: number; limit: string };
}

/** A bench that is in the room. */
async function bench(url: string, nick: string, ...args: string[]): Promise<Program> {
  const program = jcli(['bench', `${url}/room`, '--nick', nick, ...args]);
  await program.waitForErrorLine(new RegExp(`^\\* in room as ${nick}`));
  return program;
}

async function summaryOf(program: Program): Promise<Summary> {
  expect(await program.waitForExit(), program.stderr).toEqual({ code: 0, signal: null });
  return JSON.parse(program.lines.at(-1) ?? '') as Summary;
}

const nothing = { messages: 0, bytes: 0, mbps: 0 };
const faultless = { lost: 0, duplicated: 0, reordered: 0 };

describe.each(['ws', 'sctp'] as const)('bench over %s', (channel) => {
  it('measures what arrives, in the Go spelling, and knows what fits', async () => {
    const { url } = await startSandbox('--bridge', channel);
    for (const size of [8192, 16_384, 65_536]) {
      const room = ['-host', url, '-room', `size${size}`, '-bench'];
      const ears = jcli([...room, '-nick', 'ears']);
      await ears.waitForErrorLine(/^\* in size/);
      const mouth = jcli([...room, '-bench-size', String(size), '-bench-secs', '0.7', '-rate', '20']);
      if (channel === 'ws' && size === 65_536) {
        expect((await mouth.waitForExit()).code).toBe(2);
        expect(mouth.stdout).toBe('');
        expect(mouth.errorLines.at(-1)).toMatch(
          /^error: 65536 bytes of payload make a message of 874\d\d bytes, but a bridge WebSocket takes 65536: at most 491\d\d bytes of payload fit; choose a smaller --bench-size, or --bridge sctp \[message-too-large\]$/,
        );
        ears.process.kill('SIGINT');
        expect((await ears.waitForExit()).code).toBe(130);
        expect(ears.stdout).toBe('');
        continue;
      }
      const [sent, received] = [await summaryOf(mouth), await summaryOf(ears)];
      const { messages, bytes } = sent.sent;
      expect(bytes).toBe(messages * size);
      const amount = { messages, bytes, mbps: expect.any(Number) };
      expect(sent).toEqual({
        type: 'summary',
        size,
        seconds: expect.any(Number),
        sent: amount,
        received: { ...nothing, ...faultless },
      });
      expect(received).toEqual({
        type: 'summary',
        size,
        seconds: expect.any(Number),
        sent: nothing,
        received: { ...amount, ...faultless },
        latency: {
          p50: expect.any(Number),
          p90: expect.any(Number),
          p99: expect.any(Number),
          max: expect.any(Number),
          error: expect.any(Number),
        },
      });
      console.log(`${channel}, ${size} bytes at 20 Mbit/s: ${ears.lines.at(-1)}`);
    }
  });
});

describe('bench', () => {
  it('gives --json an object a second, then the summary', async () => {
    const { url } = await startSandbox();
    const ears = jcli(['bench', `${url}/room`, '--nick', 'ears', '--json']);
    const mouth = jcli([
      'bench',
      `${url}/room`,
      '--json',
      '--bench-size',
      '1000',
      '--bench-secs',
      '2.5',
      '--role',
      'send',
      '--rate',
      '2',
    ]);
    const [sent, received] = [await summaryOf(mouth), await summaryOf(ears)];
    expect(ears.stderr + mouth.stderr).toBe('');
    for (const [program, summary] of [
      [ears, received],
      [mouth, sent],
    ] as const) {
      const rates = program.objects.filter(({ type }) => type === 'rate') as unknown as Summary[];
      expect(rates.length).toBeGreaterThanOrEqual(2);
      const sum = (pick: (rate: Summary) => Amount): number =>
        rates.reduce((total, rate) => total + pick(rate).messages, 0);
      expect(sum((rate) => rate.sent)).toBe(summary.sent.messages);
      expect(sum((rate) => rate.received)).toBe(summary.received.messages);
    }
    const { messages, bytes } = sent.sent;
    const report = { from: expect.stringMatching(/^[0-9a-f]{8}$/), displayName: 'ears', messages, bytes };
    expect(mouth.objects.filter(({ type }) => type === 'report')).toEqual([
      { type: 'report', ...report, ...faultless },
    ]);
  });

  it('sends and receives on both sides with --bench-size, with several endpoints', async () => {
    const { url } = await startSandbox();
    const args = ['--bench-size', '500', '--bench-secs', '1', '--rate', '1'];
    const one = await bench(url, 'one', ...args);
    const two = await bench(url, 'two', ...args, '--parallel', '2');
    const [first, second] = [await summaryOf(one), await summaryOf(two)];
    // Each endpoint hears all the others.
    expect(first.received.messages).toBe(second.sent.messages);
    expect(second.received.messages).toBe(2 * first.sent.messages + second.sent.messages);
    expect(first.received).toMatchObject(faultless);
    expect(second.received).toMatchObject(faultless);
    expect(two.errorLines.filter((line) => line.startsWith('* in room as two'))).toHaveLength(2);
  });

  it('searches the highest rate, and writes a page that a browser shows', async () => {
    const { url } = await startSandbox();
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'report.html');
    const ears = await bench(url, 'ears', '--report', file);
    const mouth = jcli([
      'bench',
      `${url}/room`,
      '--find',
      '--bench-size',
      '8192',
      '--bench-secs',
      // Enough for a line in the page, also where the first rate is the last.
      '10',
      '--json',
    ]);
    const [found, received] = [await summaryOf(mouth), await summaryOf(ears)];
    expect(found.find).toEqual({
      mbps: expect.any(Number),
      limit: expect.stringMatching(/^(loss|sending)$/),
    });
    const steps = mouth.objects.filter(({ type }) => type === 'step');
    // How many there are depends on the machine, and so does what is lost at each rate.
    expect(steps[0]).toEqual({
      type: 'step',
      tried: 10,
      sent: expect.any(Number),
      lost: expect.any(Number),
    });
    // None twice, but for one at which nothing was lost: it has to hold for longer.
    const rates = steps.map(({ tried }) => tried);
    const again = steps.filter(({ tried }, index) => rates.indexOf(tried) < index);
    expect(again.length).toBeLessThanOrEqual(1);
    for (const { tried } of again) expect(steps[rates.indexOf(tried)]).toMatchObject({ lost: 0 });
    expect(steps.length).toBeGreaterThan(1);
    expect(received.received.messages + received.received.lost).toBe(found.sent.messages);
    console.log(`highest rate without loss: ${JSON.stringify(found.find)}`);

    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => void (request.url().startsWith('file:') || problems.push(request.url())));
    await page.goto(`file://${file}`);
    expect(await page.locator('figcaption').allTextContents()).toEqual(['Rate Mbit/s', 'Latency ms']);
    const line = await page.locator('path.received').boundingBox();
    expect(line?.width).toBeGreaterThan(100);
    expect(await page.locator('dl').innerText()).toContain('Received');
    expect(problems).toEqual([]);
    expect(readFileSync(file, 'utf8')).not.toMatch(/<script|https?:/);
  });

  it('needs somebody who counts for a search', async () => {
    const { url } = await startSandbox();
    const other = jcli(['dc', `${url}/room`, '--nick', 'other']);
    await other.waitForErrorLine(/^\* in room as/);
    const mouth = jcli(['bench', `${url}/room`, '--find', '--bench-secs', '1', '--quiet']);
    expect((await mouth.waitForExit()).code).toBe(6);
    expect(mouth.stdout).toBe('');
    expect(mouth.errorLines).toEqual([expect.stringMatching(/jcli bench at the other end.* \[no-report\]$/)]);
  });

  it('tells on Ctrl-C what it has found by then', async () => {
    const { url } = await startSandbox();
    const ears = jcli(['bench', `${url}/room`, '--bench-secs', '60', '--json']);
    const mouth = await bench(url, 'mouth', '--bench-size', '100', '--bench-secs', '60', '--rate', '1');
    await ears.waitForObject({ type: 'rate' });
    // Both at once, ears first: it ends by itself once the mouth has left.
    for (const program of [ears, mouth]) program.process.kill('SIGINT');
    for (const program of [ears, mouth])
      expect(await program.waitForExit()).toEqual({ code: 130, signal: null });
    const [sent, received] = [mouth, ears].map(({ lines }) => JSON.parse(lines.at(-1) ?? '') as Summary);
    expect(sent?.sent.messages).toBeGreaterThan(0);
    expect(received?.received.messages).toBeGreaterThan(0);
    expect(received?.received).toMatchObject(faultless);
  });

  it.each([
    ['a size without room for numbers', ['--bench-size', '10'], 'bench-size-too-small', 'at least 22'],
    ['flags that do not go together', ['--find', '--rate', '5'], 'bench-flags', '--rate'],
    ['a report that cannot be written', ['--report', '/'], 'report-file', 'report'],
    ['a bad rate', ['--rate', 'fast'], 'invalid-argument', 'megabits'],
    ['a role that there is not', ['--role', 'listen'], 'invalid-argument', 'send, recv, both'],
  ])('refuses %s', async (_, args, code, words) => {
    const program = jcli(['bench', 'h.invalid/r', '--json', ...args]);
    expect((await program.waitForExit()).code).toBe(2);
    expect(program.stdout).toBe('');
    const error = JSON.parse(program.errorLines.at(-1) ?? '') as Record<string, unknown>;
    expect(error).toMatchObject({ type: 'error', kind: 'usage', code });
    expect(error.message).toContain(words);
  });
});

describe('bench over the room’s chat', () => {
  it('measures it in both spellings, with the same summary, and no bridge', async () => {
    const { url } = await startSandbox();
    const ears = jcli(['-host', url, '-room', 'room', '-nick', 'ears', '-bench-xmpp']);
    await ears.waitForErrorLine('* waiting for others');
    const mouth = await bench(
      url,
      'mouth',
      '--xmpp',
      '--bench-size',
      '1024',
      '--bench-secs',
      '1',
      '--rate',
      '1',
    );
    const [sent, received] = [await summaryOf(mouth), await summaryOf(ears)];
    expect(sent).toMatchObject({ type: 'summary', size: 1024 });
    expect(sent.sent.messages).toBeGreaterThan(0);
    expect(received.received).toMatchObject({
      messages: sent.sent.messages,
      bytes: sent.sent.bytes,
      ...faultless,
    });
    expect(received.latency?.p50).toBeGreaterThanOrEqual(0);
    expect(mouth.stderr).not.toContain('bridge channel');
  });

  it('goes to everybody', async () => {
    const { url } = await startSandbox();
    const program = jcli(['bench', `${url}/room`, '--xmpp', '--to', 'bob']);
    expect((await program.waitForExit()).code).toBe(2);
    expect(program.stderr).toContain('leave out --to');
  });
});
