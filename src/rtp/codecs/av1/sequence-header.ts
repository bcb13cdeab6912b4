/** The sequence header OBU (AV1 bitstream specification, 5.5): the size of the picture, and of what kind it is. */
import { BitReader } from '../bytes/bit-reader.ts';
import type { FrameSize } from '../frame-size.ts';

export interface Av1SequenceHeader extends FrameSize {
  profile: number;
  /** Of the first operating point. */
  level: number;
  tier: number;
  bitDepth: 8 | 10 | 12;
  isMonochrome: boolean;
  subsampling: { x: boolean; y: boolean };
  /** chroma_sample_position (6.4.2); 0: unknown */
  chromaPosition: number;
}

/** @param bytes the OBU's payload, without its header and size */
export function av1FrameSize(bytes: Uint8Array): FrameSize | undefined {
  const reader = new BitReader(bytes);
  const { height, width } = readBeginning(reader);
  return reader.isPastEnd ? undefined : { width, height };
}

/** @param bytes as for {@link av1FrameSize} */
export function readAv1SequenceHeader(bytes: Uint8Array): Av1SequenceHeader | undefined {
  const reader = new BitReader(bytes);
  const { isReduced, ...beginning } = readBeginning(reader);
  if (!isReduced && reader.flag()) reader.skip(4 + 3); // frame ids
  reader.skip(3); // superblock, intra filters
  if (!isReduced) skipInterTools(reader);
  reader.skip(3); // superres, cdef, restoration
  const color = readColor(reader, beginning.profile);
  return reader.isPastEnd ? undefined : { ...beginning, ...color };
}

type Beginning = Pick<Av1SequenceHeader, 'profile' | 'level' | 'tier' | 'width' | 'height'>;

function readBeginning(reader: BitReader): Beginning & { isReduced: boolean } {
  const profile = reader.bits(3);
  reader.skip(1); // still picture
  const isReduced = reader.flag();
  const { level, tier } = isReduced ? { level: reader.bits(5), tier: 0 } : readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const size = { width: reader.bits(widthBits) + 1, height: reader.bits(heightBits) + 1 };
  return { profile, level, tier, ...size, isReduced };
}

function skipInterTools(reader: BitReader): void {
  reader.skip(4);
  const hasOrderHint = reader.flag();
  if (hasOrderHint) reader.skip(2);
  const mayHaveScreenContent = reader.flag() || reader.flag();
  if (mayHaveScreenContent && !reader.flag()) reader.skip(1);
  if (hasOrderHint) reader.skip(3);
}

type Color = Pick<Av1SequenceHeader, 'bitDepth' | 'isMonochrome' | 'subsampling' | 'chromaPosition'>;

/** color_config() (5.5.2). */
function readColor(reader: BitReader, profile: number): Color {
  const isHigh = reader.flag();
  const isTwelve = isHigh && profile === 2 && reader.flag();
  const bitDepth = isTwelve ? 12 : isHigh ? 10 : 8;
  const isMonochrome = profile !== 1 && reader.flag();
  // Primaries, transfer, matrix: sRGB has no range and no subsampling.
  const isRgb = reader.flag() && reader.bits(24) === 0x010d00;
  if (isRgb && !isMonochrome)
    return { bitDepth, isMonochrome, subsampling: { x: false, y: false }, chromaPosition: 0 };
  reader.skip(1); // range
  const subsampling = { x: isMonochrome || profile === 0, y: isMonochrome || profile === 0 };
  if (!isMonochrome && profile === 2) {
    subsampling.x = isTwelve ? reader.flag() : true;
    subsampling.y = isTwelve && subsampling.x ? reader.flag() : false;
  }
  const isPlaced = !isMonochrome && subsampling.x && subsampling.y;
  return { bitDepth, isMonochrome, subsampling, chromaPosition: isPlaced ? reader.bits(2) : 0 };
}

function readOperatingPoints(reader: BitReader): Pick<Beginning, 'level' | 'tier'> {
  let first = { level: 0, tier: 0 };
  /** Bits of a buffer's delay; 0 without a decoder model. */
  let delayBits = 0;
  if (reader.flag()) {
    reader.skip(64); // ticks, time scale
    if (reader.flag()) reader.unsignedGolomb(); // ticks a picture
    if (reader.flag()) {
      delayBits = reader.bits(5) + 1;
      reader.skip(32 + 5 + 5);
    }
  }
  const hasDisplayDelay = reader.flag();
  const points = reader.bits(5) + 1;
  for (let point = 0; point < points; point++) {
    reader.skip(12);
    const level = reader.bits(5);
    const tier = level > 7 ? reader.bits(1) : 0;
    if (point === 0) first = { level, tier };
    if (delayBits > 0 && reader.flag()) reader.skip(delayBits * 2 + 1);
    if (hasDisplayDelay && reader.flag()) reader.skip(4);
  }
  return first;
}
