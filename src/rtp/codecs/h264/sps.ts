/** The size of the picture from a sequence parameter set (H.264, 7.3.2.1.1 and 7.4.2.1.1). */
import { BitReader } from '../bytes/bit-reader.ts';
import type { FrameSize } from '../frame-size.ts';

/** Profiles whose sets tell of chroma, bit depth and scaling. */
const profilesWithChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** Far more than any real set up to its size. */
const longestSet = 1024;

/** @param nal the unit with its header of one byte */
export function h264FrameSize(nal: Uint8Array): FrameSize | undefined {
  const reader = new BitReader(withoutEmulationPrevention(nal.subarray(1, longestSet)));
  const profile = reader.bits(8);
  reader.skip(16); // constraints, level
  reader.unsignedGolomb(); // id
  const chroma = profilesWithChroma.has(profile) ? readChroma(reader) : 1;
  reader.unsignedGolomb(); // log2_max_frame_num_minus4
  skipPictureOrder(reader);
  reader.unsignedGolomb(); // max_num_ref_frames
  reader.skip(1); // gaps_in_frame_num_value_allowed_flag
  const columns = reader.unsignedGolomb() + 1;
  const rows = reader.unsignedGolomb() + 1;
  const fields = reader.flag() ? 1 : 2;
  if (fields === 2) reader.skip(1); // mb_adaptive_frame_field_flag
  reader.skip(1); // direct_8x8_inference_flag
  let width = columns * 16;
  let height = rows * 16 * fields;
  if (reader.flag()) {
    width -= (reader.unsignedGolomb() + reader.unsignedGolomb()) * (chroma === 1 || chroma === 2 ? 2 : 1);
    height -= (reader.unsignedGolomb() + reader.unsignedGolomb()) * (chroma === 1 ? 2 : 1) * fields;
  }
  if (reader.isPastEnd || width <= 0 || height <= 0) return undefined;
  return { width, height };
}

/** 0: none or planes apart; 1: 4:2:0; 2: 4:2:2; 3: 4:4:4. */
function readChroma(reader: BitReader): number {
  const format = reader.unsignedGolomb();
  const isApart = format === 3 && reader.flag();
  reader.unsignedGolomb(); // bit_depth_luma_minus8
  reader.unsignedGolomb(); // bit_depth_chroma_minus8
  reader.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag())
    for (let list = 0; list < (format === 3 ? 12 : 8); list++)
      if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
  return isApart ? 0 : format;
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  for (let index = 0; index < size; index++) {
    const next = (last + reader.signedGolomb() + 256) % 256;
    if (next === 0) return;
    last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsignedGolomb();
  if (type === 0) reader.unsignedGolomb();
  if (type !== 1) return;
  reader.skip(1); // delta_pic_order_always_zero_flag
  reader.signedGolomb();
  reader.signedGolomb();
  const cycle = reader.unsignedGolomb();
  for (let index = 0; index < cycle && !reader.isPastEnd; index++) reader.signedGolomb();
}

/** 7.4.1: 3 after two zeros is there only so that no start code appears. */
function withoutEmulationPrevention(bytes: Uint8Array): Uint8Array {
  const clean = new Uint8Array(bytes.length);
  let length = 0;
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    clean[length++] = byte;
  }
  return clean.subarray(0, length);
}
