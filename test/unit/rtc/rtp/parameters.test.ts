import { describe, expect, it } from 'vitest';
import type { JingleMessage } from '../../../../src/jingle/model.ts';
import { rtpParameters } from '../../../../src/rtc/rtp/parameters.ts';
import { offerDescriptions } from '../../../../src/sandbox/focus/sessions/offer.ts';

const allFeatures = {
  audio: true,
  video: true,
  sctp: true,
  rtx: true,
  transportCc: true,
  remb: false,
  opusRed: true,
  jsonSources: true,
  ssrcRewriting: false,
};

function offer(features: Partial<typeof allFeatures> = {}, opusRed = false): JingleMessage {
  return {
    action: 'session-initiate',
    sid: 's1',
    contents: offerDescriptions({ ...allFeatures, ...features } as never, opusRed).map((description) => ({
      name: description.media,
      creator: 'initiator',
      description,
    })),
    sources: { sources: [], groups: [] },
  };
}

describe('RTP parameters', () => {
  it('are those of Jicofo’s offer', () => {
    const { codecs, extensions } = rtpParameters(offer());
    expect(
      codecs.map(({ name, payloadType, rtxPayloadType }) => [name, payloadType, rtxPayloadType]),
    ).toEqual([
      ['opus', 111, undefined],
      ['av1', 41, 42],
      ['vp8', 100, 96],
      ['h264', 107, 99],
      ['vp9', 101, 97],
    ]);
    expect(codecs[0]).toMatchObject({
      kind: 'audio',
      clockRate: 48_000,
      channels: 2,
      nack: false,
      pli: false,
      transportFeedback: true,
    });
    expect(codecs[2]).toMatchObject({
      kind: 'video',
      clockRate: 90_000,
      nack: true,
      pli: true,
      transportFeedback: true,
    });
    expect(extensions).toEqual({
      audioLevel: 1,
      absSendTime: 3,
      mid: 10,
      dependencyDescriptor: 11,
      transportSequence: { audio: 5, video: 5 },
    });
  });

  it('have nothing that is not offered, and no codec that we do not know', () => {
    const { codecs, extensions } = rtpParameters(offer({ rtx: false, transportCc: false }, true));
    expect(codecs.map(({ name }) => name)).toEqual(['opus', 'av1', 'vp8', 'h264', 'vp9']);
    expect(codecs.some(({ rtxPayloadType }) => rtxPayloadType !== undefined)).toBe(false);
    expect(codecs.some(({ transportFeedback }) => transportFeedback)).toBe(false);
    expect(extensions.transportSequence).toEqual({ audio: undefined, video: undefined });
    expect(rtpParameters({ ...offer(), contents: [] }).codecs).toEqual([]);
  });

  it('take feedback that is said for all payload types', () => {
    const [audio, video] = offer({ transportCc: false }).contents;
    const description = { ...video?.description, feedback: [{ type: 'transport-cc' }] };
    const message = { ...offer(), contents: [audio, { ...video, description }] } as JingleMessage;
    expect(rtpParameters(message).codecs.map(({ transportFeedback }) => transportFeedback)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});
