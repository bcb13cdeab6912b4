/** `jcli play` in a process of its own, heard in another. */
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join as joinPath } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conference, join } from '../../src/index.ts';
import { readClip } from '../../src/media/clips/load-clip.ts';
import { jcli, startSandbox } from '../support/jcli.ts';
import { waitFor } from '../support/wait.ts';

const clips = joinPath(import.meta.dirname, '../../clips');
const speech = joinPath(clips, 'speech.ogg');

interface Hearer {
  conference: Conference;
  /** Packets of the first track, in order, with when each is to be heard. */
  heard: { data: string; timestamp: number }[];
}

async function hear(url: string): Promise<Hearer> {
  const conference = await join({ host: url, room: 'concert', nick: 'Ann' });
  onTestFinished(() => conference.leave());
  const heard: Hearer['heard'] = [];
  conference.on('trackAdded', ({ track }) => {
    void (async () => {
      for await (const { data, timestamp } of track.frames())
        heard.push({ data: Buffer.from(data).toString('base64'), timestamp });
    })();
  });
  return { conference, heard };
}

const packetsOf = async (origin: string): Promise<string[]> =>
  (await readClip('audio', origin)).frames.map(({ data }) => Buffer.from(data).toString('base64'));

describe('jcli play', () => {
  it('sends the packets of a file and of stdin as they are, in time, and leaves', async () => {
    const { url } = await startSandbox();
    const { heard } = await hear(url);
    const program = jcli(['play', `${url}/concert`, speech, '-', '--json']);
    program.process.stdin?.end(await readFile(joinPath(clips, 'tone.ogg')));
    expect(await program.waitForExit()).toMatchObject({ code: 0 });
    const expected = [...(await packetsOf(speech)), ...(await packetsOf(joinPath(clips, 'tone.ogg')))];
    await waitFor(() => heard.at(-1)?.data === expected.at(-1), {
      what: 'last packet',
      explain: () => `${heard.length} were heard`,
    });
    // The first may be lost while the hearer's way is made.
    const start = expected.indexOf(heard[0]?.data ?? '');
    expect(start).toBeGreaterThanOrEqual(0);
    expect(start).toBeLessThan(100);
    expect(heard.map(({ data }) => data)).toEqual(expected.slice(start));
    const steps = heard.slice(1).map(({ timestamp }, index) => timestamp - (heard[index]?.timestamp ?? 0));
    expect(Math.max(...steps)).toBeLessThan(500);
    expect(program.objects.filter(({ type }) => type === 'finished')).toHaveLength(2);
    expect(program.objects.at(-1)).toMatchObject({
      type: 'summary',
      files: [speech, 'a stream'],
      framesSent: expected.length,
    });
  });

  it('plays what a web server has, when it may, and says what cannot be played', async () => {
    const { url } = await startSandbox();
    await hear(url);
    const bytes = await readFile(speech);
    const server = http.createServer((request, response) => {
      if (request.url?.startsWith('/speech.ogg') === true) response.end(bytes);
      else response.writeHead(404).end();
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const web = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refused = jcli(['play', `${url}/concert`, `${web}/speech.ogg?key=s3cret`, '--json']);
    expect(await refused.waitForExit()).toMatchObject({ code: 5 });
    expect(refused.stderr).toContain('"code":"address-private"');
    const program = jcli([
      'play',
      '--host',
      url,
      '--room',
      'concert',
      `${web}/gone`,
      `${web}/speech.ogg?key=s3cret`,
      '--allow-private',
      '--volume',
      '0.5',
      '--json',
    ]);
    expect(await program.waitForExit()).toMatchObject({ code: 5 });
    expect(program.stderr).toContain('"code":"http-status"');
    expect(program.objects.at(-1)).toMatchObject({ files: [`${web}/speech.ogg`] });
    for (const { stderr, stdout } of [refused, program]) expect(stderr + stdout).not.toContain('s3cret');
  });

  it('is interrupted', async () => {
    const { url } = await startSandbox();
    const { heard } = await hear(url);
    const program = jcli(['play', `${url}/concert`, speech, '--loop', '--json']);
    await waitFor(() => heard.length > 10, { what: 'packets' });
    program.process.kill('SIGINT');
    expect(await program.waitForExit()).toMatchObject({ code: 130 });
    expect(program.objects.at(-1)).toMatchObject({ type: 'summary', underruns: 0 });
  });

  it.each([
    [['play', 'https://localhost/concert'], 'play-nothing'],
    [['play', 'https://localhost/concert', '/nowhere/a.ogg'], 'play-unreadable'],
    [['play', 'https://localhost/concert', clips], 'play-unreadable'],
    [['play', 'https://localhost/concert', '-', '-'], 'play-stdin'],
    [['play', '--host', 'localhost', '--room', 'concert', '-', '--loop'], 'play-stdin'],
    [['play', 'https://localhost/concert', speech, '--engine', 'node-datachannel'], 'engine-no-media'],
  ])('refuses %j before it joins', async (args, code) => {
    const program = jcli(args);
    expect(await program.waitForExit()).toMatchObject({ code: 2 });
    expect(program.stderr).toContain(`[${code}]`);
  });
});
