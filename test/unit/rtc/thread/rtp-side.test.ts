import { describe, expect, it } from 'vitest';
import type { PacketTransport } from '../../../../src/rtc/peer-transport.ts';
import type { RtpLinkHandlers } from '../../../../src/rtc/rtp/rtp-link.ts';
import { SessionLink } from '../../../../src/rtc/rtp/session-link.ts';
import { unpackReceived } from '../../../../src/rtc/thread/received-batch.ts';
import {
  newReceivedRecord,
  newSentRecord,
  readReceived,
  readSent,
} from '../../../../src/rtc/thread/statistics-record.ts';
import { Outbox } from '../../../../src/rtc/thread/worker/outbox.ts';
import { RtpSide } from '../../../../src/rtc/thread/worker/rtp-side.ts';
import { offered, vp8Packet } from '../../../support/fake-rtp.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class Rig {
  readonly clock = new ManualClock(1_000);
  readonly told: string[] = [];
  readonly taken = new Float64Array(new SharedArrayBuffer(8));
  readonly outbox = new Outbox(
    (report) => {
      if (report.name !== 'packets') this.told.push(report.name);
      else for (const batch of report.batches) this.#packets(batch);
    },
    this.taken.buffer,
    this.clock,
  );
  handlers: RtpLinkHandlers | undefined;
  readonly side: RtpSide;

  constructor() {
    const transport: Pick<PacketTransport, 'openRtp'> = {
      openRtp: (options, handlers) => {
        this.handlers = handlers;
        return new SessionLink(options, handlers, { sendRtp() {}, sendRtcp() {} });
      },
    };
    const options = { parameters: offered, localSsrc: 1, cname: 'test' };
    this.side = new RtpSide(transport, 9, options, this.clock, this.outbox);
  }

  #packets(batch: ArrayBuffer): void {
    unpackReceived(
      batch,
      (_, codec) => offered.codecs[codec],
      (stream, { gap, sequenceNumber }) => this.told.push(`${stream}:${sequenceNumber}${gap ? ' gap' : ''}`),
    );
  }

  flush(): string[] {
    this.outbox.tell({ name: 'available', link: 9, bitrate: 1 });
    return this.told.splice(0).filter((told) => told !== 'available');
  }
}

describe('the RTP of a transport in its thread', () => {
  it('leaves packets out while the other thread does not take any, and tells of the gap', () => {
    const rig = new Rig();
    rig.side.addReceived({ kind: 'video', ssrc: 11 }, 5, newReceivedRecord());
    const packet = (number: number): void => rig.handlers?.packet(vp8Packet(11, number, true));
    packet(1);
    rig.handlers?.packet({ ...vp8Packet(11, 2, true), payload: new Uint8Array(33 * 2 ** 20) });
    expect(rig.flush()).toEqual(['5:1', '5:2']);
    packet(3);
    packet(4);
    rig.taken[0] = 34 * 2 ** 20;
    packet(5);
    packet(6);
    expect(rig.flush()).toEqual(['5:5 gap', '5:6']);
    rig.side.close();
  });

  it('writes figures where they can be seen', () => {
    const rig = new Rig();
    const [received, sent] = [newReceivedRecord(), newSentRecord()];
    rig.side.addReceived({ kind: 'video', ssrc: 11 }, 5, received);
    rig.side.addSent({ kind: 'audio', ssrc: 21, continues: { media: 1, rtx: 1 } }, sent);
    rig.side.send(21, { payloadType: 111, timestamp: 0, marker: false, payload: new Uint8Array(7) });
    rig.side.requestKeyFrame(11);
    rig.clock.advance(100);
    expect(readSent(new Float64Array(sent))).toMatchObject({ packets: 1, bytes: 7 });
    expect(readReceived(new Float64Array(received), 11, 'video')).toMatchObject({ plisSent: 1 });
    rig.side.removeReceived(11);
    rig.side.removeSent(21);
    rig.side.close();
    expect(rig.clock.pending).toBe(0);
  });
});
