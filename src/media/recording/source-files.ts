/** The files of a recording: which are open, which are done, and what they are called. */
import { join } from 'node:path';
import type { RemoteFrame } from '../../client/media/track-types.ts';
import { defined } from '../../base/defined.ts';
import type { VideoConfig } from './codec-config.ts';
import { containerFor, type ContainerName } from './container.ts';
import type { Disk } from './disk.ts';
import { fileNameOf } from './file-name.ts';
import { FileOfSource } from './recorded-file.ts';
import type { RecordedTrack } from './source-recording.ts';
import type { RecordedFile } from './timeline.ts';

export interface SourceFilesPorts {
  opened(file: RecordedFile): void;
  closed(file: RecordedFile): void;
  /** A container could not have something. */
  failed(source: string, error: unknown): void;
}

export class SourceFiles {
  readonly #directory: string;
  readonly #container: ContainerName;
  readonly #disk: Disk;
  readonly #ports: SourceFilesPorts;
  /** In the order in which they began; those that are done are facts. */
  readonly #files: (FileOfSource | RecordedFile)[] = [];
  readonly #closing = new Set<Promise<void>>();

  constructor(directory: string, container: ContainerName, disk: Disk, ports: SourceFilesPorts) {
    this.#directory = directory;
    this.#container = container;
    this.#disk = disk;
    this.#ports = ports;
  }

  /** As they are now. */
  get facts(): RecordedFile[] {
    return this.#files.map(factsOf);
  }

  get count(): number {
    return this.#files.length;
  }

  /** @param at ms since the recording began */
  open(track: RecordedTrack, at: number, frame: RemoteFrame, config: VideoConfig | undefined): FileOfSource {
    const { endpointId, kind, participant, sourceName, videoType } = track;
    const container = containerFor(frame.codec, this.#container);
    const name = fileNameOf(this.#files.length + 1, endpointId, kind, container);
    const path = join(this.#directory, name);
    const facts = defined({
      path,
      participant: endpointId,
      name: participant?.displayName ?? endpointId,
      source: sourceName,
      kind,
      codec: frame.codec,
      videoType,
      width: config?.width,
      height: config?.height,
    });
    const file = new FileOfSource(facts, at, container, frame.codec, config, this.#disk.open(path), (error) =>
      this.#ports.failed(sourceName, error),
    );
    this.#files.push(file);
    this.#ports.opened(file.facts);
    return file;
  }

  /** It is finished, in its time. */
  close(file: FileOfSource): void {
    const closing = this.#finish(file);
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }

  /** What has come until now is on the disk then. Never rejects. */
  async save(): Promise<void> {
    await Promise.all(this.#files.flatMap((file) => (file instanceof FileOfSource ? [file.save()] : [])));
  }

  /** All that was closed is finished. */
  async finished(): Promise<void> {
    while (this.#closing.size > 0) await Promise.all(this.#closing);
  }

  async #finish(file: FileOfSource): Promise<void> {
    await file.close();
    const { facts } = file;
    this.#files[this.#files.indexOf(file)] = facts;
    this.#ports.closed(facts);
  }
}

function factsOf(file: FileOfSource | RecordedFile): RecordedFile {
  return file instanceof FileOfSource ? file.facts : file;
}
