/**
 * Packets to be sent in one buffer, which goes to the other thread without being copied. A packet is a head of 24 bytes, its payload, its dependency
 * descriptor and its other extensions, and begins at a multiple of four.
 */
import type { RtpExtension } from '../../rtp/packet.ts';
import type { OutgoingPacket } from '../../rtp/send/types.ts';

/** A packet on its way, with the number of its link. */
export interface AddressedPacket {
  link: number;
  ssrc: number;
  packet: OutgoingPacket;
}

const headLength = 24;
const flag = { marker: 1, level: 2, voice: 4 } as const;

export function packOutgoing(packets: readonly AddressedPacket[]): ArrayBuffer {
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

export function unpackOutgoing(
  batch: ArrayBuffer,
  take: (link: number, ssrc: number, packet: OutgoingPacket) => void,
): void {
  const view = new DataView(batch);
  for (let offset = 0; offset < batch.byteLength; ) {
    const payloadLength = view.getUint32(offset + 16, true);
    const descriptorLength = view.getUint16(offset + 20, true);
    const extensionsLength = view.getUint16(offset + 22, true);
    const payloadAt = offset + headLength;
    const descriptorAt = payloadAt + payloadLength;
    const extensionsAt = descriptorAt + descriptorLength;
    const flags = view.getUint8(offset + 13);
    take(view.getUint32(offset, true), view.getUint32(offset + 4, true), {
      payloadType: view.getUint8(offset + 12),
      timestamp: view.getUint32(offset + 8, true),
      marker: (flags & flag.marker) !== 0,
      payload: new Uint8Array(batch, payloadAt, payloadLength),
      audioLevel:
        flags & flag.level
          ? { level: view.getUint8(offset + 14), voice: (flags & flag.voice) !== 0 }
          : undefined,
      dependencyDescriptor:
        descriptorLength === 0 ? undefined : new Uint8Array(batch, descriptorAt, descriptorLength),
      extensions: extensionsLength === 0 ? undefined : unpackExtensions(view, extensionsAt, extensionsLength),
    });
    offset += padded(headLength + payloadLength + descriptorLength + extensionsLength);
  }
}

function lengthOf({ payload, dependencyDescriptor, extensions }: OutgoingPacket): number {
  return padded(
    headLength + payload.length + (dependencyDescriptor?.length ?? 0) + lengthOfExtensions(extensions),
  );
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function pack(
  { link, ssrc, packet }: AddressedPacket,
  view: DataView,
  bytes: Uint8Array,
  offset: number,
): void {
  const { audioLevel, dependencyDescriptor, extensions, payload } = packet;
  view.setUint32(offset, link, true);
  view.setUint32(offset + 4, ssrc, true);
  view.setUint32(offset + 8, packet.timestamp, true);
  view.setUint8(offset + 12, packet.payloadType);
  view.setUint8(
    offset + 13,
    (packet.marker ? flag.marker : 0) | (audioLevel ? flag.level : 0) | (audioLevel?.voice ? flag.voice : 0),
  );
  // As it goes out in the end (RFC 6464, 3).
  view.setUint8(offset + 14, Math.round(Math.min(127, Math.max(0, audioLevel?.level ?? 0))));
  view.setUint32(offset + 16, payload.length, true);
  view.setUint16(offset + 20, dependencyDescriptor?.length ?? 0, true);
  view.setUint16(offset + 22, lengthOfExtensions(extensions), true);
  bytes.set(payload, offset + headLength);
  const descriptorAt = offset + headLength + payload.length;
  if (dependencyDescriptor) bytes.set(dependencyDescriptor, descriptorAt);
  if (extensions) packExtensions(extensions, bytes, descriptorAt + (dependencyDescriptor?.length ?? 0));
}

/** Each as its id, its length, and its value: none is longer than a byte can say (RFC 8285, 4.3). */
function packExtensions(extensions: readonly RtpExtension[], bytes: Uint8Array, offset: number): void {
  let at = offset;
  for (const { id, value } of extensions) {
    bytes[at++] = id;
    bytes[at++] = value.length;
    bytes.set(value, at);
    at += value.length;
  }
}

function unpackExtensions(view: DataView, start: number, length: number): RtpExtension[] {
  const extensions: RtpExtension[] = [];
  for (let at = start; at < start + length; ) {
    const valueLength = view.getUint8(at + 1);
    extensions.push({ id: view.getUint8(at), value: new Uint8Array(view.buffer, at + 2, valueLength) });
    at += 2 + valueLength;
  }
  return extensions;
}

function lengthOfExtensions(extensions: readonly RtpExtension[] | undefined): number {
  let length = 0;
  for (const { value } of extensions ?? []) length += 2 + value.length;
  return length;
}
