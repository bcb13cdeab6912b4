import { describe, expect, it } from 'vitest';
import type {
  MediaSummary,
  ReceivedFigures,
  SentFigures,
  StatsRecord,
} from '../../../../src/cli/media/record.ts';
import { finalTable, liveTable } from '../../../../src/cli/media/table.ts';
import { noFigures } from './fake-media-room.ts';

const sent: SentFigures = {
  source: 'me-v0',
  kind: 'video',
  ssrc: 7,
  codec: 'vp8',
  width: 640,
  height: 360,
  packets: 1234,
  bytes: 56_789,
  frames: 90,
  keyFrames: 3,
  lost: 0,
  unsent: 0,
  retransmitted: 0,
  nacks: 0,
  keyFrameRequests: 0,
  roundTripTime: null,
  fractionLost: null,
  gaps: 0,
  lastGap: null,
  longestGap: null,
  wantedHeight: 360,
};
const received: ReceivedFigures = {
  ...noFigures,
  participant: 'bob',
  endpointId: 'b0b',
  source: 'b0b-a0',
  kind: 'audio',
  ssrc: 1,
  codec: 'opus',
  width: null,
  height: null,
  packets: 50,
  bytes: 4000,
  lost: 2,
  jitter: 0.5,
  gaps: 0,
  lastGap: null,
  longestGap: null,
  suspended: false,
};

describe('the live table', () => {
  it('has a row for each source, a mark for who speaks, nothing where nothing is known', () => {
    const stats: StatsRecord = {
      type: 'stats',
      at: 1,
      sent: [{ ...sent, kbps: 240.4, fps: 29.9, loss: 0 }],
      received: [
        { ...received, kbps: 32, fps: 50, loss: 1.25 },
        { ...received, source: 'b0b-v0', kind: 'video', codec: null, kbps: 0, fps: 0, loss: 0, jitter: 0 },
      ],
      dominantSpeaker: 'b0b',
      sessions: 1,
    };
    expect(liveTable(stats, 80)).toEqual([
      'participant  source  codec     size  fps  kbit/s   loss  jitter',
      '(sent)       me-v0   vp8    640x360   30     240  0.0 %',
      'bob *        b0b-a0  opus                     32  1.3 %  0.5 ms',
      'bob *        b0b-v0                    0       0  0.0 %  0.0 ms',
    ]);
  });

  it('says so when nothing is sent since nobody watches', () => {
    const idle = { ...sent, kbps: 0, fps: 0, loss: 0 };
    const stats = (wantedHeight: number): StatsRecord => ({
      type: 'stats',
      at: 1,
      sent: [{ ...idle, wantedHeight }],
      received: [],
      dominantSpeaker: null,
      sessions: 1,
    });
    expect(liveTable(stats(0), 80)[1]).toMatch(/ unwatched {7}0  /);
    expect(liveTable(stats(360), 80)[1]).toMatch(/x360 {4}0 {7}0  /);
  });

  it.each([60, 70, 79, 100])('fits %i columns, whatever is in it', (width) => {
    const long = { source: '1f2e3d4c-v0', width: 3840, height: 2160, packets: 123_456_789, bytes: 1e11 };
    const rates = { kbps: 123_456, fps: 60, loss: 100 };
    const others: ReceivedFigures = {
      ...received,
      ...long,
      participant: 'Dr. Maximiliane von und zu Hohenfels',
      endpointId: '1f2e3d4c',
      kind: 'video',
      frames: 1e7,
      keyFrames: 1e5,
      jitter: 1234.5,
      lost: 123_456,
    };
    const ours = { ...sent, ...long, wantedHeight: 0, nacks: 123_456 };
    const stats: StatsRecord = {
      type: 'stats',
      at: 1,
      sent: [{ ...ours, ...rates, fps: 0 }],
      received: [{ ...others, ...rates }],
      dominantSpeaker: '1f2e3d4c',
      sessions: 1,
    };
    const summary: MediaSummary = {
      type: 'summary',
      seconds: 1,
      sent: { packets: 0, bytes: 0, frames: 0, sources: [ours] },
      received: [others],
      sessions: 1,
      restarts: 0,
    };
    for (const line of [...liveTable(stats, width), ...finalTable(summary, width)])
      expect(line.length, line).toBeLessThanOrEqual(width);
    expect(liveTable(stats, width)[0]).toMatch(/^participant? .*source.*fps.*kbit\/s.*loss/);
    expect(finalTable(summary, width)[0]).toMatch(/packets.*frames.*lost/);
  });

  it('says instead of its rate that a video is suspended', () => {
    const row = { ...received, source: 'b0b-v0', kind: 'video' as const, width: 640, height: 360 };
    const stats: StatsRecord = {
      type: 'stats',
      at: 1,
      sent: [],
      received: [{ ...row, suspended: true, kbps: 0, fps: 0, loss: 0 }],
      dominantSpeaker: null,
      sessions: 1,
    };
    expect(liveTable(stats, 80)[1]).toMatch(/ 640x360 +suspended +0 /);
  });

  it('makes names harmless and short', () => {
    const name = '\u001b[31mwho has a very long name';
    const row = { ...received, participant: name, kbps: 0, fps: 0, loss: 0 };
    const stats: StatsRecord = {
      type: 'stats',
      at: 1,
      sent: [],
      received: [row],
      dominantSpeaker: null,
      sessions: 1,
    };
    expect(liveTable(stats, 80)[1]).toMatch(/^\\x1b\[31mwho has a ve {2}b0b-a0/);
  });
});

describe('the final table', () => {
  it('has the totals', () => {
    const summary: MediaSummary = {
      type: 'summary',
      seconds: 3,
      sent: {
        packets: 0,
        bytes: 0,
        frames: 0,
        sources: [sent, { ...sent, source: 'me-a0', kind: 'audio', codec: 'opus', nacks: 4 }],
      },
      received: [received],
      sessions: 1,
      restarts: 0,
    };
    expect(finalTable(summary, 80)).toEqual([
      'participant  source  codec  packets  bytes  frames  key frames         lost',
      '(sent)       me-v0   vp8       1234  56789      90           3',
      '(sent)       me-a0   opus      1234  56789                      4 asked for',
      'bob          b0b-a0  opus        50   4000                                2',
    ]);
  });

  it('has the times without media, where there were any', () => {
    const summary: MediaSummary = {
      type: 'summary',
      seconds: 3,
      sent: { packets: 0, bytes: 0, frames: 0, sources: [sent] },
      received: [{ ...received, gaps: 3, lastGap: 400, longestGap: 12_340 }],
      sessions: 2,
      restarts: 1,
    };
    const [head, ours, theirs] = finalTable(summary, 100);
    expect(head).toMatch(/lost +gaps$/);
    expect(ours).toMatch(/3$/);
    expect(theirs).toMatch(/2 {2}3, up to 12\.3 s$/);
    expect(finalTable(summary, 70)[0]).not.toContain('gaps');
  });
});
