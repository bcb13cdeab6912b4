import { describe, expect, it } from 'vitest';
import { FrameStream, type FrameStreamOptions } from '../../../../../src/client/media/remote/frame-stream.ts';
import type { RemoteFrame } from '../../../../../src/client/media/track-types.ts';

/** A frame of video, or with a capital K a key frame. */
function frame(name: string, size = 10): RemoteFrame {
  const [letter = 'd', number = '0'] = name;
  return {
    data: new Uint8Array(size),
    timestamp: Number(number),
    captureTime: Number(number),
    rtpTimestamp: 0,
    sequenceNumber: Number(number),
    codec: 'vp8',
    keyFrame: letter === 'K',
  };
}

function rig(options: Partial<FrameStreamOptions> = {}): {
  stream: FrameStream;
  told: string[];
  push(...names: string[]): void;
  rest(): Promise<number[]>;
} {
  const told: string[] = [];
  const stream = new FrameStream({
    limit: 3,
    sizeLimit: 1_000,
    needsKeyFrames: true,
    keyFrameNeeded: () => told.push('key frame'),
    closed: () => told.push('closed'),
    ...options,
  });
  return {
    stream,
    told,
    push: (...names) => {
      for (const name of names) stream.push(frame(name));
    },
    rest: async () => {
      stream.close();
      const read: number[] = [];
      for await (const { timestamp } of stream) read.push(timestamp);
      return read;
    },
  };
}

describe('a stream of frames', () => {
  it('begins with a key frame', async () => {
    const { push, rest, stream } = rig();
    push('d1', 'K2', 'd3');
    expect(await rest()).toEqual([2, 3]);
    expect(stream.dropped).toBe(0);
  });

  it('gives a reader that waits what comes', async () => {
    const { push, stream } = rig();
    const [first, second] = [stream.next(), stream.next()];
    push('K1', 'd2');
    expect((await first).value?.timestamp).toBe(1);
    expect((await second).value?.timestamp).toBe(2);
    const last = stream.next();
    stream.close();
    expect(await last).toEqual({ value: undefined, done: true });
  });

  it('loses the oldest up to the next key frame when the reader is too slow', async () => {
    const { push, rest, stream, told } = rig();
    push('K1', 'd2', 'K3', 'd4');
    expect(stream.dropped).toBe(2);
    expect(told).toEqual([]);
    expect(await rest()).toEqual([3, 4]);
  });

  it('asks for a key frame when it has lost everything', async () => {
    const { push, rest, stream, told } = rig();
    push('K1', 'd2', 'd3', 'd4', 'd5');
    expect(stream.dropped).toBe(4);
    expect(told).toEqual(['key frame']);
    push('d6', 'K7', 'd8');
    expect(await rest()).toEqual([7, 8]);
  });

  it('is bounded in bytes, too', async () => {
    const { rest, stream } = rig({ sizeLimit: 100 });
    stream.push(frame('K1', 60));
    stream.push(frame('K2', 60));
    expect(stream.dropped).toBe(1);
    expect(await rest()).toEqual([2]);
    const large = rig({ sizeLimit: 100 });
    large.stream.push(frame('K1', 200));
    expect(await large.rest()).toEqual([]);
  });

  it('loses only the oldest where every frame stands alone', async () => {
    const { push, rest, stream, told } = rig({ needsKeyFrames: false });
    push('d1', 'd2', 'd3', 'd4', 'd5');
    expect(stream.dropped).toBe(2);
    expect(told).toEqual([]);
    expect(await rest()).toEqual([3, 4, 5]);
  });

  it('goes on with a key frame after an interruption', async () => {
    const { push, rest, stream } = rig({ limit: 10 });
    push('K1', 'd2');
    stream.interrupt();
    push('d3', 'K4', 'd5');
    expect(await rest()).toEqual([1, 2, 4, 5]);
  });

  it('ends when the loop is left', async () => {
    const { push, stream, told } = rig();
    push('K1', 'd2');
    for await (const { timestamp } of stream) {
      expect(timestamp).toBe(1);
      break;
    }
    expect(told).toEqual(['closed']);
    push('K3');
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });
});
