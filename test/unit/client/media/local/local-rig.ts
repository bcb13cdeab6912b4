/** Our sources, with the room, the focus and the bridge noted down. */
import type { JitsiError } from '../../../../../src/base/errors.ts';
import { LocalSources, type SourceCarrier } from '../../../../../src/client/media/local/local-sources.ts';
import type { LocalTrack } from '../../../../../src/client/media/local/local-track.ts';
import type { SourceSet } from '../../../../../src/jingle/model.ts';
import type { SourceState } from '../../../../../src/jitsi/source-info.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { seededRandom } from '../../../../support/random.ts';

export class Rig {
  readonly clock: ManualClock = new ManualClock();
  readonly told: string[] = [];
  readonly warnings: JitsiError[] = [];
  endpointId = 'ab12';
  presence: readonly SourceState[] = [];
  readonly changes: [string, SourceSet][] = [];
  outcome: Promise<void> = Promise.resolve();
  unmuting: Promise<void> = Promise.resolve();
  readonly taken: Set<number> = new Set();
  readonly sources: LocalSources;
  readonly carrier: SourceCarrier = {
    addSources: (set) => this.#change('add', set),
    removeSources: (set) => this.#change('remove', set),
  };

  constructor() {
    this.sources = new LocalSources({
      random: seededRandom(7),
      mediaClock: this.clock,
      endpointId: () => this.endpointId,
      isTaken: (ssrc) => this.taken.has(ssrc),
      present: (sources) => {
        this.presence = sources;
      },
      videoType: (source, type) => this.told.push(`${source} shows ${type}`),
      forgetVideoTypes: () => this.told.push('types forgotten'),
      askToUnmute: (kind) => {
        this.told.push(`unmute ${kind}`);
        return this.unmuting;
      },
      listenerFailed: (error, event) => this.told.push(`${event}: ${String(error)}`),
      warn: (error) => this.warnings.push(error),
    });
  }

  /** Notes the track's events. */
  watch(track: LocalTrack): LocalTrack {
    for (const name of ['keyFrameRequested', 'constraintsChanged', 'muted', 'unmuted', 'stopped'] as const)
      track.on(name, (payload) => {
        const [, details = ''] = Object.values(payload);
        this.told.push(`${name} ${String(details)}`.trimEnd());
      });
    return track;
  }

  #change(what: string, set: SourceSet): Promise<void> {
    this.changes.push([what, set]);
    return this.outcome;
  }
}
