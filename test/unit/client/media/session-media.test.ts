import { describe, expect, it } from 'vitest';
import type { ReceptionSink } from '../../../../src/client/media/session-media.ts';
import type { Transmission, TransmissionSink } from '../../../../src/client/media/session-media.ts';
import { fakeSessionMedia, offered, vp8Packet } from '../../../support/fake-rtp.ts';

const sink = (kind: 'audio' | 'video', keyFrameRequested: () => void = () => {}): TransmissionSink => ({
  kind,
  isWanted: true,
  keyFrameRequested,
  targetBitrate() {},
});

describe('the media of a session', () => {
  it('gives each packet to its source, and none to one that is over', () => {
    const { media, rtp } = fakeSessionMedia();
    const heard: string[] = [];
    const sink = (name: string): ReceptionSink => ({
      packet: ({ sequenceNumber }) => heard.push(`${name} ${sequenceNumber}`),
      reported: ({ rtpTimestamp }) => heard.push(`${name} reports ${rtpTimestamp}`),
    });
    const report = { ntp: { seconds: 1, fraction: 0 }, rtpTimestamp: 7, arrival: 0 };
    const first = media.receive({ kind: 'video', ssrc: 11 }, sink('first'));
    media.receive({ kind: 'video', ssrc: 12 }, sink('second'));
    rtp.handlers?.packet(vp8Packet(11, 1, true));
    rtp.handlers?.packet(vp8Packet(12, 2, true));
    rtp.handlers?.packet(vp8Packet(13, 3, true));
    rtp.handlers?.reported(11, report);
    rtp.handlers?.reported(13, report);
    first.stop();
    rtp.handlers?.packet(vp8Packet(11, 4, true));
    rtp.handlers?.reported(11, report);
    expect(heard).toEqual(['first 1', 'second 2', 'first reports 7']);
    expect([...rtp.received.keys()]).toEqual([12]);
  });

  it('leaves alone who has taken over an SSRC', () => {
    const { media, rtp } = fakeSessionMedia();
    const heard: string[] = [];
    const sink = (name: string): ReceptionSink => ({ packet: () => heard.push(name), reported: () => {} });
    const old = media.receive({ kind: 'video', ssrc: 11 }, sink('old'));
    media.receive({ kind: 'video', ssrc: 11 }, sink('new'));
    old.stop();
    old.requestKeyFrame();
    rtp.handlers?.packet(vp8Packet(11, 1, true));
    expect(heard).toEqual(['new']);
    expect(rtp.calls).toEqual(['receive 11', 'receive 11']);
  });

  it('tells a source of ours that a key frame is wanted', () => {
    const { media, rtp } = fakeSessionMedia();
    const told: number[] = [];
    const transmission = media.transmit(
      { kind: 'video', ssrc: 21 },
      sink('video', () => told.push(21)),
    );
    rtp.handlers?.keyFrameRequested(21);
    rtp.handlers?.keyFrameRequested(22);
    transmission.stop();
    rtp.handlers?.keyFrameRequested(21);
    expect(told).toEqual([21]);
    expect(rtp.sending.size).toBe(0);
    expect(transmission.codec('vp8')).toBe(offered.codecs[1]);
    expect(transmission.codec('av1')).toBeUndefined();
    rtp.isUp = false;
    expect(transmission.codec('vp8')).toBeUndefined();
  });

  it('shares the way to the bridge among the videos that are sent, after sound, and anew when they change', () => {
    const { media, rtp } = fakeSessionMedia();
    const told: string[] = [];
    const begin = (name: string, kind: 'audio' | 'video', ssrc: number): Transmission =>
      media.transmit(
        { kind, ssrc },
        { ...sink(kind), targetBitrate: (bitrate) => told.push(`${name} ${bitrate}`) },
      );
    const takeTold = (): string[] => told.splice(0);
    begin('sound', 'audio', 21);
    const camera = begin('camera', 'video', 22);
    camera.wantedChanged();
    expect(takeTold()).toEqual([]);
    rtp.handlers?.available(1_064_000);
    expect(takeTold()).toEqual(['camera 1000000']);

    const desktop = begin('desktop', 'video', 23);
    desktop.wantedChanged();
    expect(takeTold()).toEqual(['camera 500000', 'desktop 500000']);
    media.transmit({ kind: 'video', ssrc: 24 }, { ...sink('video'), isWanted: false });
    rtp.handlers?.available(10_000);
    expect(takeTold()).toEqual(['camera 0', 'desktop 0']);
    rtp.handlers?.available(2_064_000);
    takeTold();
    desktop.stop();
    expect(takeTold()).toEqual(['camera 2000000']);
    media.close();
    camera.wantedChanged();
    expect(takeTold()).toEqual([]);
  });

  it('ends what carries it', () => {
    const { media, rtp } = fakeSessionMedia();
    media.close();
    expect(rtp.calls).toEqual(['closed']);
  });
});
