/**
 * A file of one track, by mediabunny, whole at any moment: WebM grows by a block a frame; of MP4 a fragment is ended whenever
 * `sync` says so.
 */
import type { EncodedAudioPacketSource, EncodedVideoPacketSource, Output } from 'mediabunny';
import type { CodecName } from '../../rtp/parameters.ts';
import { opusHead, type VideoConfig } from './codec-config.ts';
import { type ByteSink, createSinkTarget } from './sink-target.ts';
import { WebmLayout } from './webm-layout.ts';

/** Loaded when the first file begins. */
export const loadLibrary = (): Promise<typeof import('mediabunny')> => import('mediabunny');
export type ContainerLibrary = Awaited<ReturnType<typeof loadLibrary>>;

export type ContainerName = 'webm' | 'mp4' | 'ogg';

export interface ContainerPacket {
  data: Uint8Array;
  /** ms since the file's begin */
  at: number;
  /** ms */
  duration: number;
  keyFrame: boolean;
}

/** Seconds of a cluster that ends with a key frame, and of a page. */
const [clusterDuration, pageDuration] = [5, 0.5];

/** What this release of the library has besides what it promises: without it a fragment waits for a key frame. */
interface FragmentedMuxer {
  forceFragmentFinalization(): Promise<void>;
}

export interface ContainerFile {
  /** In the order of time. Rejects when the container cannot have it. */
  add(packet: ContainerPacket): Promise<void>;
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
  library: ContainerLibrary,
  container: ContainerName,
  codec: CodecName,
  config: VideoConfig | undefined,
  sink: ByteSink,
): Promise<ContainerFile> {
  const layout = container === 'webm' ? new WebmLayout() : undefined;
  const { drain, target } = createSinkTarget(library, layout, sink);
  const output = new library.Output({ format: formatOf(library, container), target });
  const source = addTrack(library, output, codec);
  await output.start();
  const description = config
    ? { codec: config.codec, codedWidth: config.width, codedHeight: config.height }
    : { codec: 'opus', numberOfChannels: 2, sampleRate: 48_000, description: opusHead };
  let isFirst = true;
  return {
    async add({ data, at, duration, keyFrame }) {
      const type = keyFrame ? 'key' : 'delta';
      const packet = new library.EncodedPacket(data, type, at / 1000, duration / 1000);
      const meta = isFirst ? { decoderConfig: description } : undefined;
      isFirst = false;
      await source.add(packet, meta as never);
    },
    async sync(duration) {
      if (isFirst) return;
      if (container === 'mp4') await muxerOf(output).forceFragmentFinalization();
      drain();
      const patch = layout?.durationPatch(duration);
      if (patch) sink.write(patch.data, patch.position);
    },
    finish: () => output.finalize(),
  };
}

export function formatOf(library: ContainerLibrary, container: ContainerName): Output['format'] {
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
  { EncodedAudioPacketSource: Audio, EncodedVideoPacketSource: Video }: ContainerLibrary,
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
