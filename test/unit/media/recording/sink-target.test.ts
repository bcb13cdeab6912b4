import { describe, expect, it, vi } from 'vitest';
import { mediabunny } from '../../../../src/media/container/library.ts';
import { opusHead, videoConfig } from '../../../../src/media/recording/codec-config.ts';
import { type ContainerName, createContainer, formatOf } from '../../../../src/media/recording/container.ts';
import { Disk } from '../../../../src/media/recording/disk.ts';
import { createSinkTarget } from '../../../../src/media/recording/sink-target.ts';
import { WebmLayout } from '../../../../src/media/recording/webm-layout.ts';
import { frameOf } from './rig.ts';

class Sink {
  bytes: Uint8Array = new Uint8Array(0);
  writes = 0;

  write(data: Uint8Array, position: number): void {
    this.writes += 1;
    const grown = new Uint8Array(Math.max(this.bytes.length, position + data.length));
    grown.set(this.bytes);
    grown.set(data, position);
    this.bytes = grown;
  }
}

const library = mediabunny();
const count = 400;

/** By the library's own target. */
async function streamed(container: ContainerName, kind: 'audio' | 'video'): Promise<Uint8Array> {
  const sink = new Sink();
  const layout = container === 'webm' ? new WebmLayout() : undefined;
  const target = new library.StreamTarget(
    new WritableStream({
      write({ data, position }) {
        layout?.see(data, position);
        sink.write(data, position);
      },
    }),
  );
  const output = new library.Output({ format: formatOf(library, container), target });
  const muxer = (output as unknown as { _muxer: { forceFragmentFinalization?(): Promise<void> } })._muxer;
  const config = videoConfig('vp8', frameOf('video', 0, 0).data);
  const video = new library.EncodedVideoPacketSource('vp8');
  const audio = new library.EncodedAudioPacketSource('opus');
  if (kind === 'video') output.addVideoTrack(video);
  else output.addAudioTrack(audio);
  await output.start();
  const step = kind === 'audio' ? 20 : 33;
  const audioConfig = { codec: 'opus', numberOfChannels: 2, sampleRate: 48_000, description: opusHead };
  for (let index = 0; index < count; index++) {
    const { data, keyFrame } = frameOf(kind, 0, index);
    const type = keyFrame || kind === 'audio' ? 'key' : 'delta';
    const packet = new library.EncodedPacket(data, type, (index * step) / 1000, step / 1000);
    if (kind === 'audio') await audio.add(packet, { decoderConfig: audioConfig });
    else
      await video.add(packet, {
        decoderConfig: {
          codec: 'vp8',
          codedWidth: config?.width ?? 0,
          codedHeight: config?.height ?? 0,
        },
      });
    if (index % 50 === 49 && container === 'mp4') await muxer.forceFragmentFinalization?.();
  }
  await output.finalize();
  return sink.bytes;
}

async function collected(container: ContainerName, kind: 'audio' | 'video'): Promise<Sink> {
  const sink = new Sink();
  const codec = kind === 'audio' ? 'opus' : 'vp8';
  const config = kind === 'video' ? videoConfig('vp8', frameOf('video', 0, 0).data) : undefined;
  const file = await createContainer(container, codec, config, sink);
  const step = kind === 'audio' ? 20 : 33;
  for (let start = 0; start < count; start += 50) {
    const packets = Array.from({ length: 50 }, (_, index) => {
      const { data, keyFrame } = frameOf(kind, 0, start + index);
      return { data, at: (start + index) * step, duration: step, keyFrame: keyFrame || kind === 'audio' };
    });
    await file.add(packets);
    await file.sync((start + 50) * step);
  }
  await file.finish();
  return sink;
}

describe('the target of a recording', () => {
  it.each([
    ['webm', 'audio'],
    ['webm', 'video'],
    ['mp4', 'audio'],
    ['mp4', 'video'],
    ['ogg', 'audio'],
  ] as const)(
    'has the bytes of %s %s that the library has of its own, in fewer writes',
    async (container, kind) => {
      // Of Ogg, a stream's serial number is drawn; MP4 says when it was made.
      vi.useFakeTimers({ toFake: ['Date'] });
      const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
      const sink = await collected(container, kind);
      const own = await streamed(container, kind);
      random.mockRestore();
      vi.useRealTimers();
      expect(sink.bytes.length).toBe(own.length);
      expect(Buffer.compare(sink.bytes, own)).toBe(0);
      expect(sink.writes).toBeLessThan(count / 4);
    },
  );

  it('takes what goes over what the sink has already, and holes', async () => {
    const sink = new Sink();
    const { drain, target } = createSinkTarget(library, undefined, sink);
    const { _write: write } = target as unknown as { _write(data: Uint8Array, position: number): void };
    write(Uint8Array.of(1, 2, 3), 0);
    drain();
    write(Uint8Array.of(9, 9, 4), 1);
    write(Uint8Array.of(7), 6);
    drain();
    write(new Uint8Array(40_000).fill(5), 7);
    drain();
    expect([...sink.bytes.subarray(0, 8)]).toEqual([1, 9, 9, 4, 0, 0, 7, 5]);
    expect(sink.bytes.length).toBe(40_007);
  });

  it('fills two pieces of memory in turns, and none that a slow disk still reads', async () => {
    const bytes: number[] = [];
    const memory: ArrayBufferLike[] = [];
    const reading: (() => void)[] = [];
    const handle = {
      write(data: Uint8Array, offset: number, length: number) {
        memory.push(data.buffer);
        return new Promise<{ bytesWritten: number }>((resolve) =>
          reading.push(() => {
            bytes.push(...data.subarray(offset, offset + length));
            resolve({ bytesWritten: length });
          }),
        );
      },
      truncate: async () => {},
      close: async () => {},
    };
    const disk = new Disk(1_000, { create: async () => handle, failed: () => {} });
    const file = disk.open('file');
    const { drain, target } = createSinkTarget(library, undefined, {
      write: (data, position, written) => file.write(data, position, written),
    });
    const { _write: write } = target as unknown as { _write(data: Uint8Array, position: number): void };
    const put = (byte: number): Promise<boolean> => {
      write(new Uint8Array(2).fill(byte), 2 * byte);
      drain();
      return file.flush();
    };
    const isReading = () => vi.waitFor(() => expect(reading).toHaveLength(1), { timeout: 10_000 });
    const read = async (): Promise<void> => {
      await isReading();
      reading.shift()?.();
    };
    const slow = [put(0)];
    await isReading();
    slow.push(put(1), put(2));
    // The second and the third are one write.
    await read();
    await read();
    await Promise.all(slow);
    for (let byte = 3; byte < 7; byte += 1) await Promise.all([put(byte), read()]);
    expect(bytes).toEqual([0, 1, 2, 3, 4, 5, 6].flatMap((byte) => [byte, byte]));
    expect(disk.waiting).toBe(0);
    expect(new Set(memory.slice(-4)).size).toBe(2);
  });
});
