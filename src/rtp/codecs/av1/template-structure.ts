/**
 * What the dependency descriptor (RTP payload format for AV1 1.0, appendix A.8) tells once, with a key frame: a table of templates, by which every
 * packet tells its layers and what its frame refers to, and the sizes of the spatial layers.
 */
import type { BitReader } from '../bytes/bit-reader.ts';
import type { FrameSize } from '../frame-size.ts';

export interface TemplateStructure {
  /** Number of the first template. */
  offset: number;
  /** Decode targets: which layers somebody may want together. */
  targets: number;
  templates: readonly Template[];
  /** Of the spatial layers, from the lowest up; none where they are not told. */
  sizes: readonly FrameSize[];
}

export interface Template {
  spatialId: number;
  temporalId: number;
  /** How many frames ago each was that it refers to. */
  frameDiffs: readonly number[];
}

const mostTemplates = 64;

/** template_dependency_structure(); undefined when it is cut short. */
export function readTemplateStructure(reader: BitReader): TemplateStructure | undefined {
  const offset = reader.bits(6);
  const targets = reader.bits(5) + 1;
  const layers = readLayers(reader);
  reader.skip(layers.length * targets * 2); // decode target indications
  const templates = layers.map((layer) => ({ ...layer, frameDiffs: readTemplateDiffs(reader) }));
  skipChains(reader, targets, layers.length);
  const hasSizes = reader.flag();
  const spatialLayers = hasSizes ? (layers.at(-1)?.spatialId ?? 0) + 1 : 0;
  const sizes = Array.from({ length: spatialLayers }, () => ({
    width: reader.bits(16) + 1,
    height: reader.bits(16) + 1,
  }));
  return reader.isPastEnd ? undefined : { offset, targets, templates, sizes };
}

/** @param id 6 bits, as packets have it */
export function templateOf(id: number, { offset, templates }: TemplateStructure): Template | undefined {
  return templates[(id + mostTemplates - offset) % mostTemplates];
}

/** template_layers() */
function readLayers(reader: BitReader): { spatialId: number; temporalId: number }[] {
  const layers: { spatialId: number; temporalId: number }[] = [];
  let [spatialId, temporalId] = [0, 0];
  for (let next = 0; next !== 3 && layers.length < mostTemplates && !reader.isPastEnd; ) {
    layers.push({ spatialId, temporalId });
    next = reader.bits(2);
    if (next === 1) temporalId += 1;
    else if (next === 2) {
      spatialId += 1;
      temporalId = 0;
    }
  }
  return layers;
}

/** template_fdiffs() */
function readTemplateDiffs(reader: BitReader): number[] {
  const diffs: number[] = [];
  while (reader.flag() && !reader.isPastEnd) diffs.push(reader.bits(4) + 1);
  return diffs;
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
