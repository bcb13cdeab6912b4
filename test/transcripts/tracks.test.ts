/** The sources of recorded conferences, as tracks: told by the focus, or mapped by the bridge on its channel. */
import { describe, expect, it } from 'vitest';
import { RemoteSources } from '../../src/client/media/remote/remote-sources.ts';
import type { MediaType } from '../../src/jingle/model.ts';
import { BridgeRig } from '../support/bridge-rig.ts';
import { readCapture } from '../support/captures.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { replaySessions } from '../support/session-replay.ts';

class Tracks {
  readonly told: string[] = [];
  readonly sources: RemoteSources;

  constructor(isRewriting: boolean) {
    this.sources = new RemoteSources({
      clock: new ManualClock(0),
      isRewriting,
      mediaClock: new ManualClock(0),
      speaks: () => {},
      participant: () => undefined,
      requestHeight: () => () => {},
      emit: (event, { kind, sourceName, ssrc, videoType }) => {
        const type = kind === 'video' ? ` ${videoType}` : '';
        if (event === 'trackAdded' || event === 'trackRemoved')
          this.told.push(`${event} ${sourceName}${type}`);
        expect(ssrc === undefined || this.sources.isKnown(ssrc)).toBe(true);
      },
    });
  }

  /** SSRCs that stand for them now, by name. */
  get ssrcs(): Record<string, number | undefined> {
    return Object.fromEntries([...this.sources.tracks].map(([name, { ssrc }]) => [name, ssrc]));
  }
}

/** What the recorded participant was told by the focus. */
function told(name: string): Tracks {
  const tracks = new Tracks(false);
  for (const event of replaySessions(name).events) {
    if (event.name === 'sessionOffered') tracks.sources.offered(event.payload.session.offer.sources);
    else if (event.name === 'sourcesAdded') tracks.sources.added(event.payload.added);
    else if (event.name === 'sourcesRemoved') tracks.sources.removed(event.payload.removed);
    else if (event.name === 'sessionEnded') tracks.sources.sessionEnded();
  }
  return tracks;
}

/** Names and SSRCs in the recording's frames, wherever they are: the text is searched, not parsed. */
function signalled(name: string, kind: MediaType): string[] {
  const letter = kind === 'audio' ? 'a' : 'v';
  const [, self = ''] = / nick=(\S+)/.exec(readCapture(name)[0]?.text ?? '') ?? [];
  const text = readCapture(name)
    .filter((entry) => entry.kind === 'received')
    .map((entry) => entry.text)
    .join('\n');
  const names = [...text.matchAll(/&quot;n&quot;:&quot;([\w]+-[av]\d+)&quot;|<source [^>]*name=["']([\w]+-[av]\d+)["']/g)].map(
    ([, json, xml]) => json ?? xml ?? '',
  );
  return [...new Set(names)].filter(
    (each) => each.includes(`-${letter}`) && !each.startsWith('jvb-') && !each.startsWith(`${self}-`),
  );
}

describe.each([
  '02-xml-sources-three-participants.alice',
  '03-json-sources-no-rewriting.alice',
  '08-alone-after-a-call.alice',
  '13-bridge-dies.bob',
  '20-media-plain.alice',
  '20-media-plain.bob',
  '22-media-ice-restart.alice',
  '22-media-ice-restart.bob',
])('recording %s', (name) => {
  it('has a track for each source that the focus told of, and none for the bridge’s own', () => {
    const { told: events, sources } = told(name);
    const added = events.filter((event) => event.startsWith('trackAdded ')).map((event) => event.split(' ')[1]);
    const expected = [...signalled(name, 'audio'), ...signalled(name, 'video')];
    expect(expected.length).toBeGreaterThan(0);
    expect(new Set(added)).toEqual(new Set(expected));
    // The session is over: tracks that are left wait for the next without an SSRC.
    expect([...sources.tracks.values()].map(({ ssrc }) => ssrc)).toEqual(
      [...sources.tracks.values()].map(() => undefined),
    );
  });
});

describe.each([
  '04-rewriting-and-sctp-offered.alice',
  '04-rewriting-and-sctp-offered.bob',
  '21-media-ssrc-rewriting.alice',
  '21-media-ssrc-rewriting.bob',
])('recording %s', (name) => {
  it('has a track for each source that the bridge mapped, on the SSRC that it said', () => {
    const rig = new BridgeRig({}, 'ws').open();
    const tracks = new Tracks(true);
    rig.bridge.on('sourcesMapped', (mapped) => tracks.sources.mapped(mapped));
    const mappings = new Map<string, number>();
    for (const { kind, text } of readCapture(name)) {
      if (kind !== 'channel-received') continue;
      rig.route.link.receive(text);
      const { mappedSources = [] } = JSON.parse(text) as {
        mappedSources?: readonly { source: string; ssrc: number }[];
      };
      for (const { source, ssrc } of mappedSources) mappings.set(source, ssrc);
    }
    expect(mappings.size).toBeGreaterThan(0);
    expect(tracks.ssrcs).toEqual(Object.fromEntries(mappings));
  });
});
