/**
 * A key frame of AV1 as an AVIF picture, without decoding it: one coded image item in a HEIF file (ISO/IEC 23008-12; AV1 Image File Format
 * 1.1; AV1 in ISOBMFF 1.2 for `av1C`).
 */
import { obuTypes, readObu } from '../../rtp/codecs/av1/obu.ts';
import { type Av1SequenceHeader, readAv1SequenceHeader } from '../../rtp/codecs/av1/sequence-header.ts';
import { joinBytes } from '../../rtp/codecs/bytes/join-bytes.ts';

const item = 1;

/** @param keyFrame a temporal unit with its sequence header @returns undefined when it has none that can be read */
export function avifOf(keyFrame: Uint8Array): Uint8Array | undefined {
  const units = unitsOf(keyFrame);
  const header = units.find(({ type }) => type === obuTypes.sequenceHeader);
  const sequence = header && readAv1SequenceHeader(header.payload);
  if (!header || !sequence) return undefined;
  // The item is the temporal unit without its delimiter (2.1).
  const image = joinBytes(
    units.flatMap(({ bytes, type }) => (type === obuTypes.temporalDelimiter ? [] : [bytes])),
  );
  const fileType = box('ftyp', ascii('avif'), u32(0), ascii('avif'), ascii('mif1'), ascii('miaf'));
  const meta = (offset: number): Uint8Array =>
    fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, u32(0), ascii('pict'), u32(0), u32(0), u32(0), Uint8Array.of(0)),
      fullBox('pitm', 0, u16(item)),
      // Offsets and lengths of four bytes, no base; one item, in this file, in one piece.
      fullBox(
        'iloc',
        0,
        Uint8Array.of(0x44, 0x00),
        u16(1),
        u16(item),
        u16(0),
        u16(1),
        u32(offset),
        u32(image.length),
      ),
      fullBox('iinf', 0, u16(1), fullBox('infe', 2, u16(item), u16(0), ascii('av01'), Uint8Array.of(0))),
      box('iprp', box('ipco', ...properties(sequence, header.bytes)), associations()),
    );
  const start = fileType.length + meta(0).length + 8;
  return joinBytes([fileType, meta(start), box('mdat', image)]);
}

/** ispe, pixi and av1C, in the order in which they are counted below. */
function properties(sequence: Av1SequenceHeader, sequenceHeader: Uint8Array): Uint8Array[] {
  const { bitDepth, chromaPosition, height, isMonochrome, level, profile, subsampling, tier, width } =
    sequence;
  const channels = Array.from({ length: isMonochrome ? 1 : 3 }, () => bitDepth);
  const flags =
    (tier << 7) |
    (bitDepth > 8 ? 0x40 : 0) |
    (bitDepth > 10 ? 0x20 : 0) |
    (isMonochrome ? 0x10 : 0) |
    (subsampling.x ? 0x08 : 0) |
    (subsampling.y ? 0x04 : 0) |
    chromaPosition;
  return [
    fullBox('ispe', 0, u32(width), u32(height)),
    fullBox('pixi', 0, Uint8Array.of(channels.length, ...channels)),
    box('av1C', Uint8Array.of(0x81, (profile << 5) | level, flags, 0), sequenceHeader),
  ];
}

/** The item has all three; av1C is essential. */
function associations(): Uint8Array {
  return fullBox('ipma', 0, u32(1), u16(item), Uint8Array.of(3, 1, 2, 0x83));
}

interface Unit {
  type: number;
  payload: Uint8Array;
  bytes: Uint8Array;
}

function unitsOf(data: Uint8Array): Unit[] {
  const units: Unit[] = [];
  for (let offset = 0; offset < data.length; ) {
    const read = readObu(data, offset);
    if (!read) break;
    const { end, obu } = read;
    units.push({ type: obu.type, payload: obu.payload, bytes: data.subarray(offset, end) });
    offset = end;
  }
  return units;
}

function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 8);
  return joinBytes([u32(length), ascii(type), ...content]);
}

function fullBox(type: string, version: number, ...content: readonly Uint8Array[]): Uint8Array {
  return box(type, Uint8Array.of(version, 0, 0, 0), ...content);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
