/**
 * Received packets in one buffer, which goes to the other thread without being copied. A packet is a head of 48 bytes, its payload and its dependency
 * descriptor, and begins at a multiple of eight.
 */
import type { RtpCodec } from '../../rtp/parameters.ts';
import type { ReceivedPacket } from '../../rtp/receive/types.ts';

/** A packet on its way, with the number of its stream and of its codec there. */
export interface StreamPacket {
  stream: number;
  codec: number;
  packet: ReceivedPacket;
}

const headLength = 48;
const flag = { marker: 1, recovered: 2, gap: 4, level: 8, voice: 16 } as const;

export function packReceived(packets: readonly StreamPacket[]): ArrayBuffer {
  let length = 0;
  for (const { packet } of packets) length += lengthOf(packet);
  const batch = new ArrayBuffer(length);
  const view = new DataView(batch);
  const bytes = new Uint8Array(batch);
  let offset = 0;
  for (const each of packets) {
    pack(each, view, bytes, offset);
    offset += lengthOf(each.packet);
  }
  return batch;
}

/** @param codecOf undefined where nobody receives the stream any more */
export function unpackReceived(
  batch: ArrayBuffer,
  codecOf: (stream: number, codec: number) => RtpCodec | undefined,
  take: (stream: number, packet: ReceivedPacket) => void,
): void {
  const view = new DataView(batch);
  for (let offset = 0; offset < batch.byteLength; ) {
    const stream = view.getUint32(offset, true);
    const codec = codecOf(stream, view.getUint8(offset + 12));
    const payloadLength = view.getUint32(offset + 40, true);
    const descriptorLength = view.getUint32(offset + 44, true);
    if (codec) take(stream, unpack(batch, view, offset, codec, payloadLength, descriptorLength));
    offset += padded(headLength + payloadLength + descriptorLength);
  }
}

function lengthOf({ payload, dependencyDescriptor }: ReceivedPacket): number {
  return padded(headLength + payload.length + (dependencyDescriptor?.length ?? 0));
}

function padded(length: number): number {
  return (length + 7) & ~7;
}

function pack(
  { stream, codec, packet }: StreamPacket,
  view: DataView,
  bytes: Uint8Array,
  offset: number,
): void {
  const { audioLevel, dependencyDescriptor, payload } = packet;
  view.setUint32(offset, stream, true);
  view.setUint32(offset + 4, packet.ssrc, true);
  view.setUint32(offset + 8, packet.timestamp, true);
  view.setUint8(offset + 12, codec);
  view.setUint8(
    offset + 13,
    (packet.marker ? flag.marker : 0) |
      (packet.isRecovered ? flag.recovered : 0) |
      (packet.gap ? flag.gap : 0) |
      (audioLevel ? flag.level : 0) |
      (audioLevel?.voice ? flag.voice : 0),
  );
  view.setUint8(offset + 14, audioLevel?.level ?? 0);
  view.setFloat64(offset + 16, packet.sequenceNumber, true);
  view.setFloat64(offset + 24, packet.arrival, true);
  view.setFloat64(offset + 32, packet.read, true);
  view.setUint32(offset + 40, payload.length, true);
  view.setUint32(offset + 44, dependencyDescriptor?.length ?? 0, true);
  bytes.set(payload, offset + headLength);
  if (dependencyDescriptor) bytes.set(dependencyDescriptor, offset + headLength + payload.length);
}

function unpack(
  batch: ArrayBuffer,
  view: DataView,
  offset: number,
  codec: RtpCodec,
  payloadLength: number,
  descriptorLength: number,
): ReceivedPacket {
  const flags = view.getUint8(offset + 13);
  const start = offset + headLength;
  return {
    ssrc: view.getUint32(offset + 4, true),
    codec,
    sequenceNumber: view.getFloat64(offset + 16, true),
    timestamp: view.getUint32(offset + 8, true),
    marker: (flags & flag.marker) !== 0,
    payload: new Uint8Array(batch, start, payloadLength),
    audioLevel:
      flags & flag.level
        ? { level: view.getUint8(offset + 14), voice: (flags & flag.voice) !== 0 }
        : undefined,
    dependencyDescriptor:
      descriptorLength === 0 ? undefined : new Uint8Array(batch, start + payloadLength, descriptorLength),
    arrival: view.getFloat64(offset + 24, true),
    read: view.getFloat64(offset + 32, true),
    isRecovered: (flags & flag.recovered) !== 0,
    gap: (flags & flag.gap) !== 0,
  };
}
