/** The dependency descriptor of a packet (RTP payload format for AV1 1.0, appendix A.8), as far as it says what the frame refers to. */
import { readUint16 } from '../../bytes.ts';
import { BitReader } from '../bytes/bit-reader.ts';
import {
  readTemplateStructure,
  type Template,
  templateOf,
  type TemplateStructure,
} from './template-structure.ts';

export interface ReadDescriptor {
  /** 16 bits */
  frameNumber: number;
  /** What holds from this packet on, if it brings one. */
  structure?: TemplateStructure;
  /** Undefined: there was no structure, or none with this template. */
  template?: Template | undefined;
}

/** mandatory_descriptor_fields() */
const mandatoryLength = 3;

/**
 * @param structure that of the last packet that had one
 * @returns undefined when it is cut short
 */
export function readDescriptor(
  descriptor: Uint8Array,
  structure: TemplateStructure | undefined,
): ReadDescriptor | undefined {
  if (descriptor.length < mandatoryLength) return undefined;
  const frameNumber = readUint16(descriptor, 1);
  const templateId = (descriptor[0] ?? 0) & 0x3f;
  if (descriptor.length === mandatoryLength)
    return { frameNumber, template: structure && templateOf(templateId, structure) };
  const reader = new BitReader(descriptor, mandatoryLength);
  const [hasStructure, hasActiveTargets, hasOwnTargets, hasOwnDiffs] = [
    reader.flag(),
    reader.flag(),
    reader.flag(),
    reader.flag(),
  ];
  reader.skip(1); // own chains, which come last
  const own = hasStructure ? readTemplateStructure(reader) : undefined;
  const current = hasStructure ? own : structure;
  const template = current && templateOf(templateId, current);
  if (!current || !template)
    return reader.isPastEnd ? undefined : { frameNumber, ...(own && { structure: own }) };
  if (hasActiveTargets) reader.skip(current.targets);
  if (hasOwnTargets) reader.skip(current.targets * 2);
  const frameDiffs = hasOwnDiffs ? readFrameDiffs(reader) : template.frameDiffs;
  if (reader.isPastEnd) return undefined;
  return { frameNumber, ...(own && { structure: own }), template: { ...template, frameDiffs } };
}

/** frame_fdiffs() */
function readFrameDiffs(reader: BitReader): number[] {
  const diffs: number[] = [];
  for (let size = reader.bits(2); size > 0 && !reader.isPastEnd; size = reader.bits(2))
    diffs.push(reader.bits(4 * size) + 1);
  return diffs;
}
