/** The sources of the others while sessions come and go. */
import { describe, expect, it } from 'vitest';
import { fakeSessionMedia, vp8Packet } from '../../../support/fake-rtp.ts';
import { audio, participant, Rig, set, video } from './remote/remote-sources-rig.ts';

describe('the sources of the others', () => {
  it('stay while there is no session, and for a minute in one whose others come later', () => {
    const rig = new Rig();
    rig.comes(participant('ab', { 'ab-a0': { muted: false }, 'ab-v0': { muted: false } }));
    rig.comes(participant('cd', { 'cd-a0': { muted: true } }));
    rig.sources.offered(set([audio('ab', 11), video('ab', 21), audio('cd', 31)]));
    const tracks = [...rig.sources.tracks.values()];
    rig.told.length = 0;
    rig.sources.sessionEnded();
    rig.comes(participant('ab', { 'ab-a0': { muted: true }, 'ab-v0': { muted: true } }));
    rig.clock.advance(3_600_000);
    expect(rig.told).toEqual(['trackMuted ab-a0', 'trackMuted ab-v0']);
    rig.sources.offered(set([]));
    rig.clock.advance(50_000);
    rig.sources.added(set([audio('ab', 12), audio('cd', 32)]));
    expect([...rig.sources.tracks.values()]).toEqual(tracks);
    rig.clock.advance(3_600_000);
    expect(rig.told.slice(2)).toEqual(['trackRemoved ab-v0']);
    rig.sources.sessionEnded();
    // Taken back for good.
    rig.comes(participant('cd', {}));
    expect(rig.told.at(-1)).toBe('trackRemoved cd-a0');
  });

  it('count the time that no session has brought them', () => {
    const rig = new Rig();
    rig.comes(participant('ab', { 'ab-v0': { muted: false } }));
    let ssrc = 21;
    let [{ media, rtp }] = [fakeSessionMedia()];
    const session = (): void => {
      ({ media, rtp } = fakeSessionMedia());
      ssrc += 1;
      rig.sources.offered(set([video('ab', ssrc)]));
      rig.sources.carriedBy(media);
    };
    const packet = (arrival: number): void => rtp.handlers?.packet({ ...vp8Packet(ssrc, 1, true), arrival });
    session();
    packet(1_000);
    packet(9_000);
    rig.sources.sessionEnded();
    session();
    packet(10_500);
    rig.sources.removed(set([video('ab', ssrc)]));
    rig.sources.added(set([video('ab', ssrc)]));
    packet(11_000);
    rig.sources.away();
    packet(15_000);
    expect(rig.track('ab-v0').statistics).toMatchObject({ gaps: 3, lastGap: 4_000, longestGap: 4_000 });
    rig.sources.away();
    rig.comes(participant('ab', { 'ab-v0': { muted: true } }));
    packet(90_000);
    expect(rig.track('ab-v0').statistics.gaps).toBe(3);
  });
});
