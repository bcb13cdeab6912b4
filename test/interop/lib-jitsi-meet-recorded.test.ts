/** A real browser client is recorded: its (made-up) camera and microphone, decoded by ffmpeg from the files. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { join } from '../../src/index.ts';
import { record } from '../../src/media/index.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { openInSandbox } from '../support/lib-jitsi-meet.ts';
import { probe } from '../support/probe.ts';
import { waitFor } from '../support/wait.ts';

it('is recorded, picture and sound in step', async () => {
  const [browser, sandbox] = await Promise.all([
    launchBrowser('--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required'),
    createSandbox(),
  ]);
  onTestFinished(async () => {
    await browser.close();
    await sandbox.close();
  });
  const directory = mkdtempSync(joinPath(tmpdir(), 'recorded-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const room = { room: 'recorded', name: 'Browser', sends: ['audio', 'video'] } as const;
  await using client = await openInSandbox(browser, sandbox, { ...room, sends: [...room.sends] });
  const browserId = await client.joined();
  await using bot = await join({ host: sandbox.url, room: 'recorded', nick: 'Recorder' });
  const recorder = record(bot, { directory });
  await waitFor(
    () => {
      const kinds = recorder.files.filter(({ duration }) => duration > 3).map(({ kind }) => kind);
      return kinds.includes('audio') && kinds.includes('video');
    },
    { what: 'some seconds of both' },
  );
  const { error, files, reason } = await recorder.stop();
  expect([reason, error]).toEqual(['stopped', undefined]);
  for (const file of files) {
    expect(file).toMatchObject({ participant: browserId, name: 'Browser' });
    const { complaints, duration, packets } = probe(file.path);
    expect([complaints, packets.length > 50]).toEqual(['', true]);
    expect(Math.abs(duration - file.duration)).toBeLessThan(0.1);
    const decoded = spawnSync(
      'ffmpeg',
      ['-v', 'error', '-xerror', '-i', file.path, '-vsync', 'vfr', '-f', 'null', '-'],
      {
        encoding: 'utf8',
      },
    );
    expect([decoded.status, decoded.stderr]).toEqual([0, '']);
  }
  const ends = files.map(({ duration, offset }) => offset + duration);
  console.log(
    files.map(({ codec, duration, offset }) => `${codec} from ${offset} for ${duration} s`).join(', '),
  );
  // Both go on until the end.
  expect(Math.max(...ends) - Math.min(...ends)).toBeLessThan(3);
});
