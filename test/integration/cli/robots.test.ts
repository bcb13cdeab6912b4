/** The sandbox's robots through its bridge, seen by a participant of ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { Robots, type TalkNews } from '../../../src/cli/robots/robots.ts';
import { type Conference, join, type RemoteTrack } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { waitFor } from '../../support/wait.ts';

let sandbox: Sandbox;
let robots: Robots;
let ours: Conference;
const warnings: string[] = [];
const told: TalkNews[] = [];

beforeAll(async () => {
  sandbox = await createSandbox();
  robots = await Robots.join({
    url: sandbox.url,
    room: 'demo',
    count: 3,
    told: (news) => told.push(news),
    insecure: false,
    logger: () => silentLogger,
    warn: (message) => warnings.push(message),
    signal: new AbortController().signal,
  });
  robots.talk();
  ours = await join({ host: sandbox.url, room: 'demo' });
  ours.requestVideo(720);
});
afterAll(async () => {
  await ours.leave();
  await robots.leave();
  await sandbox.close();
});

function pictures(): RemoteTrack[] {
  return [...ours.tracks.values()].filter(({ kind }) => kind === 'video');
}

/** Until each robot's picture has so many more frames than now. */
async function more(frames: number): Promise<void> {
  const before = new Map(pictures().map((track) => [track.sourceName, track.statistics.frames]));
  const enough = (track: RemoteTrack): boolean =>
    track.statistics.frames >= (before.get(track.sourceName) ?? 0) + frames;
  await waitFor(() => pictures().length === 3 && pictures().every(enough), {
    what: 'frames of three robots',
  });
}

describe('robots', () => {
  it('send pictures', async () => {
    await more(20);
    for (const { participant, statistics } of pictures()) {
      expect(participant?.displayName).toMatch(/^robot-[123]$/);
      expect(statistics).toMatchObject({ codec: 'vp8', width: 640, height: 360, lost: 0 });
    }
  });

  it('speak in turns', async () => {
    const speaker = (): string | undefined => ours.participants.get(ours.dominantSpeaker ?? '')?.displayName;
    const first = await waitFor(speaker, { what: 'speaker' });
    await waitFor(() => speaker() !== first, { what: 'other speaker' });
    const spoken = (): TalkNews | undefined =>
      told.find((news) => news.type === 'spoken' && news.robot === first);
    const { endpointId, robot } = await waitFor(spoken, { what: 'news of a speech' });
    expect(ours.participants.get(endpointId)?.displayName).toBe(robot);
  });

  it('go on when the bridge is moved', async () => {
    // We are one of them.
    expect(sandbox.faults.moveBridge('demo')).toBe(4);
    await more(40);
  });

  it('leave in order', async () => {
    await robots.leave();
    await waitFor(() => ours.participants.size === 0, { what: 'empty room' });
    expect(warnings).toEqual([]);
  });

  it('all send, though the room mutes those who come late', async () => {
    const others = await Robots.join({
      url: sandbox.url,
      room: 'crowd',
      count: 12,
      insecure: false,
      logger: () => silentLogger,
      warn: (message) => warnings.push(message),
      signal: new AbortController().signal,
    });
    const watcher = await join({ host: sandbox.url, room: 'crowd' });
    watcher.requestVideo(180);
    const all = (): boolean => {
      const tracks = [...watcher.tracks.values()];
      const seen = tracks.filter(({ kind, statistics }) => kind === 'video' && statistics.frames > 0);
      return seen.length === 12 && tracks.every(({ muted }) => !muted);
    };
    await waitFor(all, { what: 'pictures of twelve robots' });
    await watcher.leave();
    await others.leave();
    expect(warnings).toEqual([]);
  });

  it('are none when one cannot join', async () => {
    const stopped = AbortSignal.abort('interrupted');
    const options = { url: sandbox.url, room: 'other', count: 1, insecure: false, signal: stopped };
    const joining = Robots.join({ ...options, logger: () => silentLogger, warn: () => {} });
    await expect(joining).rejects.toBe('interrupted');
    expect(sandbox.rooms.has('other')).toBe(false);
  });
});
