/** `jcli info` against `jcli sandbox`, each in a process of its own. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SessionInfo } from '../../src/cli/visit/session-info.ts';
import { startAlteringProxy } from '../support/altering-proxy.ts';
import { jcli, startSandbox } from '../support/jcli.ts';

/** Somebody who stays in the room. */
async function somebodyIn(url: string): Promise<void> {
  const keeper = jcli(['chat', `${url}/room`, '--nick', 'keeper', '--duration', '5m', '--json']);
  await keeper.waitForObject({ type: 'joined' });
}

async function infoOf(url: string, ...args: string[]): Promise<SessionInfo> {
  const info = jcli(['info', '--host', url, '--room', 'room', '--nick', 'looker', '--json', ...args]);
  expect(await info.waitForExit(), info.stderr).toEqual({ code: 0, signal: null });
  expect(info.stderr).toBe('');
  expect(info.lines).toHaveLength(1);
  return JSON.parse(info.stdout) as SessionInfo;
}

describe('info', () => {
  it('prints every field of the contract, as the offer has it', async () => {
    const { url } = await startSandbox();
    await somebodyIn(url);
    const directory = await mkdtemp(join(tmpdir(), 'jcli-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const wire = join(directory, 'wire.jsonl');

    const info = await infoOf(url, '--wire', wire, '--endpoint-id', 'abcd1234');

    const mucDomain = 'conference.meet.jitsi';
    expect(info).toEqual({
      host: url,
      room: 'room',
      nick: 'looker',
      jid: expect.stringMatching(/^[^@]+@meet\.jitsi\/.+/),
      roomJid: `room@${mucDomain}`,
      mucDomain,
      focusJid: `room@${mucDomain}/focus`,
      endpointId: 'abcd1234',
      iceServers: expect.any(Array),
      sid: expect.any(String),
      initiator: expect.stringContaining('focus'),
      sdp: expect.stringMatching(/^v=0\r\n/),
      ice: {
        ufrag: expect.any(String),
        pwd: expect.any(String),
        fingerprint: expect.stringMatching(/^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
        setup: 'actpass',
        candidates: expect.any(Array),
      },
      sources: expect.any(Array),
      ssrcGroups: expect.any(Array),
      bridge: { transport: 'ws', colibriWs: expect.stringMatching(/^ws:\/\//), sctpPort: 5000 },
      participants: [
        expect.objectContaining({ displayName: 'keeper', role: expect.any(String), audioMuted: true }),
      ],
      serverAuth: {
        ready: true,
        authenticationRequired: false,
        externalAuth: false,
        guestAccess: false,
        anonymous: true,
        visitors: false,
        properties: { authentication: 'false', 'visitors-supported': 'false' },
      },
    });
    const [candidate] = info.ice.candidates;
    expect(candidate).toMatchObject({ ip: '127.0.0.1', protocol: 'udp', type: 'host' });

    // What came over the wire, read without our parser.
    const offer =
      readFileSync(wire, 'utf8')
        .split('\n')
        .find((line) => line.includes('session-initiate')) ?? '';
    const { text } = JSON.parse(offer) as { text: string };
    expect(text).toContain(`sid="${info.sid}"`);
    expect(text).toContain(`ufrag="${info.ice.ufrag}"`);
    expect(text).toContain(info.ice.fingerprint?.slice('sha-256 '.length));
    expect(text).toContain(`port="${candidate?.port}"`);
    const ssrcs = new Set(Array.from(text.matchAll(/"s":(\d+)/g), ([, ssrc]) => Number(ssrc)));
    expect(new Set(info.sources.map(({ ssrc }) => ssrc))).toEqual(ssrcs);
    expect(ssrcs.size).toBeGreaterThan(0);
    expect((await stat(wire)).mode & 0o077).toBe(0);
  });

  it('says what the server says of who may come in', async () => {
    const { url } = await startSandbox();
    await somebodyIn(url);
    const proxy = await startAlteringProxy(`${url.replace('http', 'ws')}/xmpp-websocket`, (frame) =>
      frame.replace(
        '<property name="authentication" value="false"/>',
        '<property name="authentication" value="true"/><property name="externalAuth" value="true"/>',
      ),
    );
    onTestFinished(() => proxy.close());
    const info = await infoOf(url, '--websocket', proxy.url);
    expect(info.serverAuth).toMatchObject({ ready: true, authenticationRequired: true, externalAuth: true });

    const shown = jcli(['info', `${url}/room`, '--websocket', proxy.url]);
    expect(await shown.waitForExit(), shown.stderr).toEqual({ code: 0, signal: null });
    expect(shown.errorLines).toContain(
      '* server: rooms are opened by those who log in (at an external service); we are a guest',
    );
  });

  it('follows an offer that was altered on the way', async () => {
    const { url } = await startSandbox();
    await somebodyIn(url);
    // Video, its groups, audio, as the focus writes them.
    const cafe = [
      [
        { s: 4242, n: 'cafe0123-v0', m: 'stream track', v: 'd' },
        { s: 4243, n: 'cafe0123-v0', m: 'stream track', v: 'd' },
      ],
      [['f', 4242, 4243]],
      [{ s: 4244, n: 'cafe0123-a0', m: 'stream sound' }],
    ];
    const proxy = await startAlteringProxy(`${url.replace('http', 'ws')}/xmpp-websocket`, (frame) =>
      frame.includes('session-initiate')
        ? frame
            .replaceAll(/ufrag="[^"]*"/g, 'ufrag="altered"')
            .replaceAll(/ ip="[^"]*"/g, ' ip="203.0.113.7"')
            .replaceAll(/<web-socket [^>]*\/>/g, '')
            .replace(/(<sctpmap [^>]*number=)"5000"/, '$1"6000"')
            .replace(/\{"sources":.*\}(?=<\/json-message>)/, JSON.stringify({ sources: { cafe0123: cafe } }))
            .replace(/ sid="[^"]*"/, ' sid="altered-sid"')
        : frame,
    );
    onTestFinished(() => proxy.close());

    const info = await infoOf(url, '--websocket', proxy.url);

    expect(info.sid).toBe('altered-sid');
    expect(info.ice.ufrag).toBe('altered');
    expect(info.ice.candidates.map(({ ip }) => ip)).toEqual(['203.0.113.7']);
    const video = {
      owner: 'cafe0123',
      name: 'cafe0123-v0',
      mediaType: 'video',
      msid: 'stream track',
      videoType: 'desktop',
    };
    const audio = {
      owner: 'cafe0123',
      name: 'cafe0123-a0',
      mediaType: 'audio',
      msid: 'stream sound',
      videoType: null,
    };
    expect(info.sources).toHaveLength(3);
    expect(info.sources).toEqual(
      expect.arrayContaining([
        { ssrc: 4242, ...video },
        { ssrc: 4243, ...video },
        { ssrc: 4244, ...audio },
      ]),
    );
    expect(info.ssrcGroups).toEqual([
      { semantics: 'FID', ssrcs: [4242, 4243], mediaType: 'video', owner: 'cafe0123' },
    ]);
    expect(info.bridge).toEqual({ transport: 'sctp', colibriWs: null, sctpPort: 6000 });
    for (const part of ['a=ice-ufrag:altered', '203.0.113.7', 'ssrc:4242', '6000'])
      expect(info.sdp).toContain(part);
  });

  it.each([
    ['ws', { transport: 'ws', colibriWs: expect.any(String), sctpPort: null }],
    ['sctp', { transport: 'sctp', colibriWs: null, sctpPort: 5000 }],
  ])('tells the channels of a bridge with %s', async (kind, bridge) => {
    const { url } = await startSandbox('--bridge', kind);
    await somebodyIn(url);
    expect((await infoOf(url)).bridge).toEqual(bridge);
  });

  it('is what no mode means, and leaves the room', async () => {
    const { url } = await startSandbox();
    const keeper = jcli(['chat', `${url}/room`, '--json', '--duration', '5m']);
    await keeper.waitForObject({ type: 'joined' });
    const info = jcli(['-host', url, '-room', 'room', '-nick', 'looker', '-timeout', '60s']);
    expect(await info.waitForExit(), info.stderr).toEqual({ code: 0, signal: null });
    expect(JSON.parse(info.stdout)).toMatchObject({ room: 'room', nick: 'looker' });
    expect(info.stderr).toContain('joining');
    await keeper.waitForObject({ type: 'participant-left', name: 'looker' });
  });

  it('waits alone no longer than --timeout', async () => {
    const { url } = await startSandbox();
    const info = jcli(['info', `${url}/room`, '--timeout', '6s', '--quiet']);
    expect(await info.waitForExit()).toEqual({ code: 6, signal: null });
    expect(info.stdout).toBe('');
    expect(info.errorLines).toEqual([
      expect.stringMatching(/^error: waiting for a media session in room: .*alone.* \[no-session\]$/),
    ]);
  });

  it('is offered media alone where one participant is enough', async () => {
    const { url } = await startSandbox('--min-participants', '1');
    expect(await infoOf(url)).toMatchObject({ participants: [] });
  });
});
