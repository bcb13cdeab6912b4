/**
 * `jcli record` in a process of its own: what others said is in their files, whole and in its time. What becomes of it over lost connections, and when it is
 * killed, `npm run witness` sees, a short run of which is in `test/integration/proof`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { steadyClock } from '../../src/base/clock.ts';
import type { RecordedFile, TimelineEntry } from '../../src/media/recording/timeline.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { jcli, jcliPath } from '../support/jcli.ts';
import { probe } from '../support/probe.ts';
import { Program } from '../support/process.ts';
import { Talker } from '../support/talker.ts';

interface Timeline {
  startedAt: string;
  state: string;
  end?: { reason: string; error?: { code: string } };
  events: TimelineEntry[];
  files: RecordedFile[];
}

function folder(): string {
  const path = mkdtempSync(joinPath(tmpdir(), 'record-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return joinPath(path, 'recording');
}

async function ownSandbox(): Promise<Sandbox> {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function talkersIn(url: string, count: number): Promise<Talker[]> {
  const talkers: Talker[] = [];
  for (let number = 0; number < count; number++) talkers.push(await Talker.join(url, `talker ${number}`));
  onTestFinished(async () => void (await Promise.all(talkers.map(({ conference }) => conference.leave()))));
  await Promise.all(talkers.map((talker) => talker.ready()));
  return talkers;
}

/** It hears so many sources. */
async function recorderIn(
  url: string,
  directory: string,
  sources: number,
  ...more: string[]
): Promise<Program> {
  const args = ['record', url, '--directory', directory, '--json', '--endpoint-id', 'recorder', ...more];
  const recorder = jcli(args);
  await recorder.waitForObject({ type: 'transport', state: 'connected' });
  await recorder.waitForObject({ type: 'progress', sources });
  return recorder;
}

const timelineIn = (directory: string): Timeline =>
  JSON.parse(readFileSync(joinPath(directory, 'timeline.json'), 'utf8')) as Timeline;

/** ms between what was said and where it is in its file, packet by packet, which are all there, in order and nothing else. */
function deviations(
  talker: Talker,
  files: readonly RecordedFile[],
  startedAt: string,
  directory: string,
): number[] {
  const own = files.filter(({ name }) => name === talker.nick);
  const found = own.flatMap(({ offset, path }) =>
    probe(joinPath(directory, path)).packets.map((packet) => ({ ...packet, time: packet.time + offset })),
  );
  // Silence is some bytes of ours.
  const heard = found.filter(({ size }) => size > 20);
  expect(heard.map(({ hash }) => hash)).toEqual(talker.said.map(({ hash }) => hash));
  return heard.map(({ time }, index) => Date.parse(startedAt) + time * 1000 - (talker.said[index]?.at ?? 0));
}

describe('jcli record', () => {
  it('has each speech whole, in its own file and its time', async () => {
    const { url } = await ownSandbox();
    const talkers = await talkersIn(`${url}/room`, 10);
    const directory = folder();
    const recorder = await recorderIn(`${url}/room`, directory, 10, '--audio-only');
    // In turns, two at the same time, and the first once more after a pause.
    const begin = steadyClock.now() + 200;
    const turns = [0, 0.5, 1, 1, 2, 2.5, 3, 3.5, 4, 4.5].map((at) => begin + at * 1000);
    await Promise.all(talkers.map((talker, index) => talker.talk(25, turns[index])));
    await talkers[0]?.talk(25);
    await recorder.waitFor(
      () => recorder.objects.filter(({ at, type }) => type === 'progress' && Number(at) > 0).at(3),
      'some seconds',
    );
    await pause(500);
    recorder.process.kill('SIGTERM');
    expect((await recorder.waitForExit()).code).toBe(130);
    const summary = recorder.objects.at(-1) as unknown as { files: RecordedFile[]; gaps: number };
    expect(summary).toMatchObject({ type: 'summary', directory, gaps: 0, reason: 'conference-ended' });
    const { end, files, startedAt, state } = timelineIn(directory);
    expect([state, end?.reason, files.length]).toEqual(['ended', 'conference-ended', 10]);
    expect(summary.files.map(({ bytes, duration, offset }) => [bytes, duration, offset])).toEqual(
      files.map(({ bytes, duration, offset }) => [bytes, duration, offset]),
    );
    const all: number[] = [];
    for (const talker of talkers) all.push(...deviations(talker, files, startedAt, directory));
    for (const file of files) {
      const { complaints, duration } = probe(joinPath(directory, file.path));
      expect(complaints).toBe('');
      expect(Math.abs(duration - file.duration)).toBeLessThan(0.04);
    }
    console.log(
      `of ${all.length} packets: ${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)} ms late`,
    );
    // Goal: 40 ms. A machine that is busy with other work is late by far more.
    expect(Math.max(...all.map(Math.abs))).toBeLessThan(10_000);
  });

  it('ends in order when there is no room for more', async () => {
    const { url } = await ownSandbox();
    const [talker] = await talkersIn(`${url}/room`, 2);
    const over = new AbortController();
    const talking = talker?.talk(1e6, undefined, over.signal);
    const directory = folder();
    const args = ['record', `${url}/room`, '--directory', directory, '--json', '--audio-only'];
    // Of 512 bytes each.
    const program = new Program('sh', [
      '-c',
      'ulimit -f 60; exec "$@"',
      'sh',
      process.execPath,
      jcliPath,
      ...args,
    ]);
    onTestFinished(async () => void (await program.stop('SIGKILL')));
    expect((await program.waitForExit()).code).toBe(1);
    over.abort();
    await talking;
    expect(JSON.parse(program.errorLines.at(-1) ?? '')).toMatchObject({ type: 'error', code: 'disk-full' });
    expect(program.objects.at(-1)).toMatchObject({ type: 'summary', reason: 'failed' });
    const { end, files, state } = timelineIn(directory);
    expect([state, end?.error?.code]).toEqual(['ended', 'disk-full']);
    const [file] = files;
    const { complaints, duration } = probe(joinPath(directory, file?.path ?? ''));
    expect(complaints).toBe('');
    expect(Math.abs(duration - (file?.duration ?? 0))).toBeLessThan(0.1);
  });

  it('joins nowhere when there is a recording already', async () => {
    const directory = folder();
    execFileSync('sh', ['-c', 'mkdir -p "$0"; echo {} >"$0/timeline.json"', directory]);
    const recorder = jcli(['record', 'http://h.invalid/room', '--directory', directory]);
    expect((await recorder.waitForExit()).code).toBe(2);
    expect(recorder.stderr).toMatch(/there is a recording already.*\[directory-in-use\]/);
  });
});
