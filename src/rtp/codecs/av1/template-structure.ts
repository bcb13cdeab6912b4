/**
 * What the dependency descriptor (RTP payload format for AV1 1.0, appendix A.8) tells of spatial layers: a key frame's first packet has the
 * sizes of all of them, and a table by which every packet tells its own.
 */
import { BitReader } from '../bytes/bit-reader.ts';
import type { FrameSize } from '../frame-size.ts';

export interface TemplateStructure {
  /** Number of the first template. */
  offset: number;
  /** By template. */
  spatialIds: readonly number[];
  /** Of the spatial layers, from the lowest up. */
  sizes: readonly FrameSize[];
}

/** The mandatory fields (A.8.1). */
const mandatoryLength = 3;
const templateIds = 64;

/** Undefined when the descriptor has none, none with sizes, or is cut short. */
export function readTemplateStructure(descriptor: Uint8Array): TemplateStructure | undefined {
  if (descriptor.length <= mandatoryLength) return undefined;
  const reader = new BitReader(descriptor, mandatoryLength);
  const isPresent = reader.flag();
  reader.skip(4); // active targets, own indications, differences and chains
  if (!isPresent) return undefined;
  const offset = reader.bits(6);
  const targets = reader.bits(5) + 1;
  const spatialIds = readLayers(reader);
  reader.skip(spatialIds.length * targets * 2); // decode target indications
  for (const _ of spatialIds) while (reader.flag() && !reader.isPastEnd) reader.skip(4); // frame differences
  skipChains(reader, targets, spatialIds.length);
  if (!reader.flag()) return undefined;
  const sizes = Array.from({ length: (spatialIds.at(-1) ?? 0) + 1 }, () => ({
    width: reader.bits(16) + 1,
    height: reader.bits(16) + 1,
  }));
  return reader.isPastEnd ? undefined : { offset, spatialIds, sizes };
}

/** The layer of a packet by its descriptor; 0 when that says nothing. */
export function spatialLayerOf(descriptor: Uint8Array, { offset, spatialIds }: TemplateStructure): number {
  const template = ((descriptor[0] ?? 0) & 0x3f) + templateIds - offset;
  return spatialIds[template % templateIds] ?? 0;
}

/** template_layers() */
function readLayers(reader: BitReader): number[] {
  const spatialIds: number[] = [];
  let spatialId = 0;
  for (let next = 0; next !== 3 && spatialIds.length < templateIds && !reader.isPastEnd; ) {
    spatialIds.push(spatialId);
    next = reader.bits(2);
    if (next === 2) spatialId += 1;
  }
  return spatialIds;
}

/** template_chains() */
function skipChains(reader: BitReader, targets: number, templates: number): void {
  const chains = readNonSymmetric(reader, targets + 1);
  if (chains === 0) return;
  for (let target = 0; target < targets; target += 1) readNonSymmetric(reader, chains);
  reader.skip(templates * chains * 4);
}

/** ns(n) of the AV1 specification, 4.10.7 */
function readNonSymmetric(reader: BitReader, count: number): number {
  const width = 32 - Math.clz32(count);
  const short = 2 ** width - count;
  const value = reader.bits(width - 1);
  return value < short ? value : value * 2 - short + reader.bits(1);
}
