/**
 * What a browser believes it may send, by the sandbox's feedback, beside what it believes when it sends to itself. Feedback that is wrong makes the estimate
 * collapse to the 36–200 kbit/s at which video is not worth looking at.
 */
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { join } from '../../src/index.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { openInSandbox } from '../support/lib-jitsi-meet.ts';
import { waitFor } from '../support/wait.ts';
import { serve } from '../support/web-servers.ts';

/** s */
const watched = 12;
/** bit/s: twice where libwebrtc begins */
const collapsed = 600_000;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser('--allow-loopback-in-peer-connection');
});
afterAll(() => browser.close());

interface Loopback {
  startLoopback(): Promise<void>;
  loopbackEstimate(): Promise<number | undefined>;
}

it('rises by our feedback as it does between two browsers', { timeout: 300_000 }, async () => {
  const direct = await estimatesBetweenBrowsers();
  const through = await estimatesThroughSandbox();
  const busy = await whileBusy(estimatesThroughSandbox);
  const row = (name: string, estimates: readonly number[]): string =>
    `${name.padEnd(24)}${estimates.map((estimate) => String(Math.round(estimate / 1000)).padStart(6)).join('')}`;
  process.stdout.write(
    `outgoing estimate of Chromium, kbit/s, every second\n${row('Chromium to Chromium', direct)}\n${row('through the sandbox', through)}\n${row('while it is busy', busy)}\n`,
  );
  expect(direct.at(-1), 'between browsers').toBeGreaterThan(0);
  expect(through.at(-1), 'through the sandbox').toBeGreaterThan(collapsed);
  expect(busy.at(-1), 'while it is busy').toBeGreaterThan(0);
});

async function estimatesBetweenBrowsers(): Promise<number[]> {
  const server = await serve((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html>');
  });
  const page = await browser.newPage();
  try {
    await page.goto(server.origin);
    await page.addScriptTag({
      content: readFileSync(joinPath(import.meta.dirname, '../support/loopback-page.js'), 'utf8'),
    });
    await page.evaluate(() => (globalThis as unknown as Loopback).startLoopback());
    return await everySecond(() =>
      page.evaluate(() => (globalThis as unknown as Loopback).loopbackEstimate()),
    );
  } finally {
    await page.close();
    await server.close();
  }
}

async function estimatesThroughSandbox(): Promise<number[]> {
  await using sandbox = await createSandbox();
  await using browserClient = await openInSandbox(browser, sandbox, {
    room: 'estimate',
    name: 'Browser',
    sends: ['audio', 'video'],
  });
  const browserId = await browserClient.joined();
  await using bot = await join({ host: sandbox.url, room: 'estimate', nick: 'Bot' });
  bot.requestVideo(720);
  await waitFor(() => bot.tracksOf(browserId).some(({ statistics }) => statistics.frames > 0), {
    what: 'video of the browser',
  });
  return await everySecond(async () => {
    const reports = await browserClient.statistics();
    return reports.find(({ availableOutgoingBitrate }) => availableOutgoingBitrate)?.availableOutgoingBitrate;
  });
}

/** Somebody computes for a tenth of a second, twice a second, on the event loop that reads the packets. */
async function whileBusy<Result>(work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(() => {
    const end = performance.now() + 100;
    while (performance.now() < end);
  }, 500);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

async function everySecond(measure: () => Promise<number | undefined>): Promise<number[]> {
  const estimates: number[] = [];
  for (let second = 0; second < watched; second++) {
    await sleep(1000);
    estimates.push((await measure()) ?? 0);
  }
  return estimates;
}
