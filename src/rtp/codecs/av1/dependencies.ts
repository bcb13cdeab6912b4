/** What temporal units refer to, by the dependency descriptors of their packets: a loss need not cost a key frame. */
import { sequenceDistance } from '../../sequence.ts';
import type { FramePosition } from '../depacketizer.ts';
import { readDescriptor } from './read-descriptor.ts';
import type { TemplateStructure } from './template-structure.ts';

const numberMask = 0xffff;

export class Av1Dependencies {
  #structure: TemplateStructure | undefined;
  /** Frames of the unit under way: more than one with spatial layers. */
  #frames: number[] = [];
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
    if (this.#frames.at(-1) === frameNumber) return;
    this.#frames.push(frameNumber);
    this.#temporalId = read.template.temporalId;
    for (const ago of read.template.frameDiffs) this.#references.add((frameNumber - ago) & numberMask);
  }

  /** Where the unit stands, if all of its packets have said so. The next packet begins another. */
  finish(): Omit<FramePosition, 'keyFrame'> | undefined {
    const frames = this.#frames;
    const references = [...this.#references].filter((number) => !frames.includes(number));
    const pictureId = frames.at(-1);
    const isKnown = this.#isKnown;
    this.#frames = [];
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
