/** The built-in clips as a browser decodes them: a ball that goes round, a tone of 440 Hz, something with the rhythm of speech. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../src/media/clips/clip.ts';
import { builtInClip } from '../../src/media/clips/load-clip.ts';
import { launchBrowser } from '../support/browser.ts';
import { serve, type WebServer } from '../support/web-servers.ts';

let browser: Browser;
let server: WebServer;
let page: Page;

beforeAll(async () => {
  // Decoders are there for pages of this machine only, or over TLS.
  server = await serve((_, response) => response.end('<!doctype html>'));
  browser = await launchBrowser();
  page = await browser.newPage();
  await page.goto(server.origin);
  await page.addScriptTag({ path: join(import.meta.dirname, '../support/decoding-page.js') });
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

interface Chunk {
  type: 'key' | 'delta';
  /** µs */
  timestamp: number;
  bytes: number[];
}

function chunksOf({ frames }: Clip): Chunk[] {
  return frames.map(({ data, at, keyFrame }) => {
    return { type: keyFrame ? 'key' : 'delta', timestamp: at * 1000, bytes: [...data] };
  });
}

/** The functions of decoding-page.js. */
interface DecodingPage {
  ballsOn(chunks: Chunk[]): Promise<{ x: number; y: number }[]>;
  samplesOf(chunks: Chunk[]): Promise<number[]>;
}

const ballsOn = (clip: Clip): ReturnType<DecodingPage['ballsOn']> =>
  page.evaluate((chunks) => (globalThis as unknown as DecodingPage).ballsOn(chunks), chunksOf(clip));
const samplesOf = (clip: Clip): ReturnType<DecodingPage['samplesOf']> =>
  page.evaluate((chunks) => (globalThis as unknown as DecodingPage).samplesOf(chunks), chunksOf(clip));

/** −dBov */
function levelOf(samples: readonly number[]): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return -10 * Math.log10(power + 1e-13);
}

describe('the picture', () => {
  it('moves, all the time and back to its beginning', async () => {
    const clip = await builtInClip('picture');
    const balls = await ballsOn(clip);
    expect(balls).toHaveLength(clip.frames.length);
    const steps = balls.map(({ x, y }, index) => {
      const next = balls[(index + 1) % balls.length] ?? { x, y };
      return Math.hypot(next.x - x, next.y - y);
    });
    // An ellipse in 90 steps.
    expect(Math.min(...steps)).toBeGreaterThan(3);
    expect(Math.max(...steps)).toBeLessThan(20);
    const width = Math.max(...balls.map(({ x }) => x)) - Math.min(...balls.map(({ x }) => x));
    expect(width).toBeGreaterThan(440);
  });
});

describe('the tone', () => {
  it('has 440 Hz', async () => {
    const samples = (await samplesOf(await builtInClip('tone'))).slice(4800, 4800 + 48_000);
    const crossings = samples.filter((sample, index) => sample >= 0 && (samples[index - 1] ?? 0) < 0);
    expect(crossings.length).toBeGreaterThan(437);
    expect(crossings.length).toBeLessThan(443);
    expect(levelOf(samples)).toBeCloseTo(17, 0);
  });
});

describe('speech', () => {
  it('is as loud as its packets say', async () => {
    const clip = await builtInClip('speech');
    const { frames } = clip;
    const samples = await samplesOf(clip);
    const perPacket = 960;
    const heard = frames.map((_, index) => {
      // The decoder is 312 samples late (RFC 7845, 4.2).
      const start = index * perPacket + 312;
      return levelOf(samples.slice(start, start + perPacket));
    });
    const told = frames.map(({ audioLevel }) => audioLevel?.level ?? 127);
    const loud = told.flatMap((level, index) =>
      level < 40 ? [Math.abs(level - (heard[index] ?? 127))] : [],
    );
    expect(loud.length).toBeGreaterThan(100);
    expect(loud.reduce((sum, difference) => sum + difference, 0) / loud.length).toBeLessThan(2);
    const pauses = told.flatMap((level, index) => (level > 60 ? [heard[index] ?? 0] : []));
    expect(pauses.length).toBeGreaterThan(40);
    expect(pauses.reduce((sum, level) => sum + level, 0) / pauses.length).toBeGreaterThan(50);
  });
});
