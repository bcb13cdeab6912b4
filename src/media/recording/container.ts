/**
 * A file of one track, by mediabunny, whole at any moment: WebM grows by a block a frame; of MP4 a fragment is ended whenever
 * `sync` says so.
 */
import type { EncodedAudioPacketSource, EncodedVideoPacketSource, Output } from 'mediabunny';
import type { CodecName } from '../../rtp/parameters.ts';
import { type Mediabunny, mediabunny } from '../container/library.ts';
import { opusHead, type VideoConfig } from './codec-config.ts';
import type { ContainerPacket } from './packet-queue.ts';
import { type ByteSink, createSinkTarget } from './sink-target.ts';
import { writeBlocks } from './webm-blocks.ts';
import { WebmLayout } from './webm-layout.ts';

export type ContainerName = 'webm' | 'mp4' | 'ogg';

/** Seconds of a cluster that ends with a key frame, and of a page. */
const [clusterDuration, pageDuration] = [5, 0.5];

/** What this release of the library has besides what it promises: without it a fragment waits for a key frame. */
interface FragmentedMuxer {
  forceFragmentFinalization(): Promise<void>;
}

export interface ContainerFile {
  /** In the order of time, some at once. Rejects when the container cannot have one of them. */
  add(packets: readonly ContainerPacket[]): Promise<void>;
  /** All that was added is on its way to the sink. @param duration ms of all */
  sync(duration: number): Promise<void>;
  finish(): Promise<void>;
}

/** Which one a codec gets: WebM has no H264, Ogg no pictures. */
export function containerFor(codec: CodecName, wanted: ContainerName): ContainerName {
  if (codec === 'h264') return 'mp4';
  return wanted === 'ogg' && codec !== 'opus' ? 'webm' : wanted;
}

/** @param config of video */
export async function createContainer(
  container: ContainerName,
  codec: CodecName,
  config: VideoConfig | undefined,
  sink: ByteSink,
): Promise<ContainerFile> {
  const library = mediabunny();
  const layout = container === 'webm' ? new WebmLayout() : undefined;
  const { drain, look, target } = createSinkTarget(library, layout, sink);
  const output = new library.Output({ format: formatOf(library, container), target });
  const source = addTrack(library, output, codec);
  await output.start();
  const description = config
    ? { codec: config.codec, codedWidth: config.width, codedHeight: config.height }
    : { codec: 'opus', numberOfChannels: 2, sampleRate: 48_000, description: opusHead };
  let hasBegun = false;
  const addOne = ({ data, at, duration, keyFrame }: ContainerPacket, meta?: object): Promise<void> =>
    source.add(new library.EncodedPacket(data, keyFrame ? 'key' : 'delta', at / 1000, duration / 1000), meta);
  return {
    async add(packets) {
      const [first, ...others] = packets;
      if (!first) return;
      const rest = hasBegun ? packets : others;
      if (!hasBegun) await addOne(first, { decoderConfig: description });
      hasBegun = true;
      if (container === 'webm') writeBlocks(output, rest, look);
      else await Promise.all(rest.map((packet) => addOne(packet)));
    },
    async sync(duration) {
      if (!hasBegun) return;
      if (container === 'mp4') await muxerOf(output).forceFragmentFinalization();
      drain();
      const patch = layout?.durationPatch(duration);
      if (patch) sink.write(patch.data, patch.position);
    },
    finish: () => output.finalize(),
  };
}

export function formatOf(library: Mediabunny, container: ContainerName): Output['format'] {
  switch (container) {
    case 'webm':
      return new library.WebMOutputFormat({ minimumClusterDuration: clusterDuration });
    case 'mp4':
      return new library.Mp4OutputFormat({ fastStart: 'fragmented', minimumFragmentDuration: Infinity });
    case 'ogg':
      return new library.OggOutputFormat({ maximumPageDuration: pageDuration });
  }
}

function addTrack(
  { EncodedAudioPacketSource: Audio, EncodedVideoPacketSource: Video }: Mediabunny,
  output: Output,
  codec: CodecName,
): EncodedAudioPacketSource | EncodedVideoPacketSource {
  if (codec === 'opus') {
    const source = new Audio('opus');
    output.addAudioTrack(source);
    return source;
  }
  const source = new Video(codec === 'h264' ? 'avc' : codec);
  output.addVideoTrack(source);
  return source;
}

function muxerOf(output: Output): FragmentedMuxer {
  return (output as unknown as { _muxer: FragmentedMuxer })._muxer;
}
