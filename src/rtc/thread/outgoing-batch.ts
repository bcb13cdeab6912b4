/**
 * Packets to be sent in one buffer, which goes to the other thread without being copied again; they are packed as they are sent, for their bytes may be somebody
 * else's afterwards. A packet is a head of 24 bytes, its payload, its dependency descriptor and its other extensions, and begins at a multiple of four.
 */
import type { RtpExtension } from '../../rtp/packet.ts';
import type { OutgoingPacket } from '../../rtp/send/types.ts';

const headLength = 24;
const flag = { marker: 1, level: 2, voice: 4 } as const;
/** Bytes; most frames of sound fit. */
const leastCapacity = 512;

export class OutgoingBatch {
  #buffer = new ArrayBuffer(0);
  #view = new DataView(this.#buffer);
  #bytes = new Uint8Array(this.#buffer);
  /** Of the last one: the next is of its size. */
  #capacity = leastCapacity;
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** @param link number of the packet's link */
  add(link: number, ssrc: number, packet: OutgoingPacket): void {
    const { audioLevel, dependencyDescriptor, extensions, payload } = packet;
    const descriptorLength = dependencyDescriptor?.length ?? 0;
    const extensionsLength = lengthOfExtensions(extensions);
    const offset = this.#length;
    const payloadAt = offset + headLength;
    const descriptorAt = payloadAt + payload.length;
    const end = descriptorAt + descriptorLength + extensionsLength;
    this.#reserve(padded(end));
    const view = this.#view;
    view.setUint32(offset, link, true);
    view.setUint32(offset + 4, ssrc, true);
    view.setUint32(offset + 8, packet.timestamp, true);
    view.setUint8(offset + 12, packet.payloadType);
    view.setUint8(
      offset + 13,
      (packet.marker ? flag.marker : 0) |
        (audioLevel ? flag.level : 0) |
        (audioLevel?.voice ? flag.voice : 0),
    );
    // As it goes out in the end (RFC 6464, 3).
    view.setUint8(offset + 14, Math.round(Math.min(127, Math.max(0, audioLevel?.level ?? 0))));
    view.setUint32(offset + 16, payload.length, true);
    view.setUint16(offset + 20, descriptorLength, true);
    view.setUint16(offset + 22, extensionsLength, true);
    this.#bytes.set(payload, payloadAt);
    if (dependencyDescriptor) this.#bytes.set(dependencyDescriptor, descriptorAt);
    if (extensions) packExtensions(extensions, this.#bytes, descriptorAt + descriptorLength);
    this.#length = padded(end);
  }

  /** All of them, as {@link unpackOutgoing} reads it; it is empty then. */
  take(): { batch: ArrayBuffer; length: number } {
    const taken = { batch: this.#buffer, length: this.#length };
    this.#capacity = Math.max(leastCapacity, this.#length);
    this.#length = 0;
    this.#use(new ArrayBuffer(0));
    return taken;
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.byteLength) return;
    const filled = this.#bytes.subarray(0, this.#length);
    this.#use(new ArrayBuffer(Math.max(length, this.#capacity, 2 * filled.length)));
    this.#bytes.set(filled);
  }

  #use(buffer: ArrayBuffer): void {
    this.#buffer = buffer;
    this.#view = new DataView(buffer);
    this.#bytes = new Uint8Array(buffer);
  }
}

export function unpackOutgoing(
  batch: ArrayBuffer,
  length: number,
  take: (link: number, ssrc: number, packet: OutgoingPacket) => void,
): void {
  const view = new DataView(batch);
  for (let offset = 0; offset < length; ) {
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

function padded(length: number): number {
  return (length + 3) & ~3;
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
