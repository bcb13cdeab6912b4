/** What temporal units refer to, by the dependency descriptors of their packets: a loss need not cost a key frame. */
import { sequenceDistance } from '../../sequence.ts';
import type { FramePosition } from '../depacketizer.ts';
import { readDescriptor } from './read-descriptor.ts';
import type { TemplateStructure } from './template-structure.ts';

const numberMask = 0xffff;
/** Of a unit: far more than its spatial layers are, and what they may refer to. */
const [mostFrames, mostReferences] = [16, 128];

export class Av1Dependencies {
  #structure: TemplateStructure | undefined;
  /** Frames of the unit under way: more than one with spatial layers. */
  readonly #frames = new Set<number>();
  /** Numbers of those that they refer to. */
  readonly #references = new Set<number>();
  #temporalId = 0;
  #isKnown = true;

  /** @param descriptor of a packet of the unit under way */
  add(descriptor: Uint8Array | undefined): void {
    const read = descriptor && readDescriptor(descriptor, this.#structure);
    if (read?.structure) this.#structure = read.structure;
    if (!read?.template) {
      this.#isKnown = false;
      return;
    }
    const { frameNumber } = read;
    if (this.#frames.has(frameNumber)) return;
    if (this.#frames.size === mostFrames || this.#references.size > mostReferences) {
      this.#isKnown = false;
      return;
    }
    this.#frames.add(frameNumber);
    this.#temporalId = read.template.temporalId;
    for (const ago of read.template.frameDiffs) this.#references.add((frameNumber - ago) & numberMask);
  }

  /** Where the unit stands, if all of its packets have said so. The next packet begins another. */
  finish(): Omit<FramePosition, 'keyFrame'> | undefined {
    const frames = [...this.#frames];
    const references = [...this.#references].filter((number) => !this.#frames.has(number));
    const pictureId = frames.at(-1);
    const isKnown = this.#isKnown;
    this.#frames.clear();
    this.#references.clear();
    this.#isKnown = true;
    if (!isKnown || pictureId === undefined) return undefined;
    return {
      pictureId,
      pictureIdMask: numberMask,
      temporalId: this.#temporalId,
      references: references.map((number) => sequenceDistance(number, pictureId)),
      ...(frames.length > 1 && { parts: frames }),
    };
  }
}
