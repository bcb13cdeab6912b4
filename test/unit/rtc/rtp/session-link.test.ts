import { describe, expect, it } from 'vitest';
import type { RtpLinkHandlers } from '../../../../src/rtc/rtp/rtp-link.ts';
import { SessionLink } from '../../../../src/rtc/rtp/session-link.ts';
import { buildRtpHeader } from '../../../../src/rtp/packet.ts';
import { parseRtcp } from '../../../../src/rtp/rtcp/compound.ts';
import { offered } from '../../../support/fake-rtp.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

const parameters = { ...offered, extensions: { transportSequence: { audio: 5, video: 5 } } };

function packet(sequenceNumber: number): Uint8Array {
  const value = Uint8Array.of(0, sequenceNumber);
  const header = {
    payloadType: 111,
    marker: false,
    sequenceNumber,
    timestamp: sequenceNumber * 960,
    ssrc: 11,
  };
  return Uint8Array.from([...buildRtpHeader({ ...header, extensions: [{ id: 5, value }] }), 1, 2, 3]);
}

function rig(): { clock: ManualClock; heard: string[]; link: SessionLink; sent: string[] } {
  const clock = new ManualClock(1_000);
  const heard: string[] = [];
  const sent: string[] = [];
  const handlers: RtpLinkHandlers = {
    packet: ({ arrival, read, sequenceNumber }) =>
      heard.push(`${sequenceNumber} came ${arrival} read ${read}`),
    reported() {},
    keyFrameRequested() {},
    available() {},
  };
  const link = new SessionLink(
    { parameters, localSsrc: 1, cname: 'test', clock, random: seededRandom(1) },
    handlers,
    {
      sendRtp: (header, payload) => sent.push(`rtp ${header.length + payload.length}`),
      sendRtcp: (compound) =>
        sent.push(
          parseRtcp(compound)
            .map(({ type }) => type)
            .join(' '),
        ),
    },
  );
  return { clock, heard, link, sent };
}

describe('RTP right on its transport', () => {
  it('has one timer, and none while nothing is due', () => {
    const { clock, heard, link, sent } = rig();
    link.addReceived({ kind: 'audio', ssrc: 11 });
    expect(clock.pending).toBe(0);
    link.receiveRtp(packet(1), 30);
    link.receiveRtp(packet(2), 0);
    link.receiveRtcp(new Uint8Array(20));
    expect(heard).toEqual(['1 came 970 read 1000', '2 came 1000 read 1000']);
    expect(clock.pending).toBe(1);
    clock.advance(100);
    expect(sent).toEqual(['transport-feedback']);
    expect(clock.pending).toBe(1);
    // The receiver report; then nothing is due before something comes.
    clock.advance(2_000);
    expect(sent).toEqual(['transport-feedback', 'receiver-report sdes']);
    expect(clock.pending).toBe(0);
  });

  it('does nothing any more once it is closed', () => {
    const { clock, heard, link, sent } = rig();
    link.addReceived({ kind: 'audio', ssrc: 11 });
    link.addSent({ kind: 'audio', ssrc: 21 });
    link.receiveRtp(packet(1), 0);
    link.close();
    expect(clock.pending).toBe(0);
    link.receiveRtp(packet(2), 0);
    link.receiveRtcp(new Uint8Array(20));
    link.send(21, { payloadType: 111, timestamp: 0, marker: false, payload: new Uint8Array(1) });
    expect(heard).toHaveLength(1);
    expect(sent).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('says where the next session has to go on', () => {
    const { link, sent } = rig();
    link.addSent({ kind: 'audio', ssrc: 21, continues: { media: 70_000, rtx: 9 } });
    link.send(21, { payloadType: 111, timestamp: 0, marker: false, payload: new Uint8Array(1) });
    expect(sent).toHaveLength(1);
    expect(link.sequenceNumbers(21)).toEqual({ media: 70_001, rtx: 9 });
    link.removeSent(21);
    expect(link.sequenceNumbers(21)).toBeUndefined();
    link.close();
  });
});
