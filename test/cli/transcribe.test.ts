/** `jcli transcribe` in a process of its own: each utterance to a recogniser, words to stdout, a file, the chat and the room. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { JsonMessage } from '../../src/index.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { jcli } from '../support/jcli.ts';
import { nextEvent } from '../support/next-event.ts';
import { Talker } from '../support/talker.ts';
import { startVoskServer } from '../support/vosk-server.ts';

async function talkerIn(nick: string): Promise<{ talker: Talker; url: string }> {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const url = `${sandbox.url}/talk`;
  const talker = await Talker.join(url, nick);
  onTestFinished(() => talker.conference.leave());
  return { talker, url };
}

/** ms of a transcript */
const lengthOf = ({ end, start }: Record<string, unknown>): number => (Number(end) - Number(start)) * 1_000;

it('has the words of a service, who said them and when, everywhere they are wanted', async () => {
  const { talker, url } = await talkerIn('Ada');
  const folder = mkdtempSync(joinPath(tmpdir(), 'transcribe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = joinPath(folder, 'words.vtt');
  const args = ['--output', file, '--to-chat', '--to-room', '--partial', '--json'];
  const program = jcli(['transcribe', url, '--recognizer', await startVoskServer(), ...args]);
  await program.waitForObject({ type: 'transport', state: 'connected' });
  await talker.ready();
  const said = nextEvent(talker.conference, 'messageReceived');
  const subtitle = new Promise<JsonMessage>((resolve) =>
    talker.conference.on('jsonMessageReceived', ({ message }) => {
      if (message['is_interim'] === false) resolve(message);
    }),
  );
  await talker.talk(75);
  const words = await program.waitForObject({ type: 'transcript', final: true });
  expect(words).toMatchObject({ participant: talker.conference.endpointId, name: 'Ada' });
  expect(words.text).toMatch(/^\d+ samples$/);
  // Two tenths of a second before and after belong to it.
  const heard = Number.parseInt(String(words.text)) / 16;
  console.log(`1500 ms said, ${lengthOf(words)} ms between its borders, ${heard} ms heard`);
  expect(Math.abs(lengthOf(words) - 1_500)).toBeLessThan(400);
  expect(heard).toBeGreaterThan(1_400);
  expect((await said).message.text).toBe(`Ada: ${String(words.text)}`);
  expect(await subtitle).toMatchObject({
    type: 'transcription-result',
    transcript: [{ text: words.text }],
    participant: { id: talker.conference.endpointId, name: 'Ada' },
  });
  program.process.kill('SIGTERM');
  await program.waitForExit();
  expect(program.stdout).toContain('"final":false');
  expect(readFileSync(file, 'utf8')).toMatch(/^WEBVTT\n\n[\d:.]+ --> [\d:.]+\n<v Ada>\d+ samples<\/v>\n$/);
});

it('has the words of a program, and says which one failed', async () => {
  const { talker, url } = await talkerIn('Ada');
  const program = jcli(['transcribe', url, '--recognizer', 'wc -c', '--alone', '500ms']);
  const failing = jcli(['transcribe', url, '--recognizer', 'echo no model >&2; exit 3', '--json']);
  await failing.waitForObject({ type: 'transport', state: 'connected' });
  await talker.ready();
  await talker.talk(50);
  await program.waitForLine(/^\[\d+\.\d\] Ada: \d+$/);
  await failing.waitForErrorLine(/it ended with 3: no model/);
  await failing.stop('SIGTERM');
  await talker.conference.leave();
  expect(await program.waitForExit()).toEqual({ code: 0, signal: null });
});

it('is told what cannot be', async () => {
  const program = jcli(['transcribe', 'http://127.0.0.1:9/room', '--recognizer', 'ws://']);
  expect((await program.waitForExit()).code).toBe(2);
  expect(program.stderr).toContain('ws:// or wss://');
});
