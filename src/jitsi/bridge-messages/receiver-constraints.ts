/** ReceiverVideoConstraints, kept as the bridge keeps them (media dossier 5.6; jitsi-videobridge `AllocationSettings.kt`). */
import { defined } from '../../base/defined.ts';
import { type Check, frameRate, integerFrom, object, optional, sourceNames } from './checks.ts';
import type { ReceiverVideoConstraints, VideoConstraints } from './client-messages.ts';

const lastN: Check<number> = integerFrom(-1);
const maxHeight: Check<number> = integerFrom(-1);
const bandwidth: Check<number> = integerFrom(-1, Number.MAX_SAFE_INTEGER);

/**
 * A copy with the fields that a bridge knows and nothing else: one unknown field and it would drop the message.
 * @throws UsageError `bridge-message-invalid`
 */
export function copyReceiverVideoConstraints(
  constraints: ReceiverVideoConstraints,
): ReceiverVideoConstraints {
  const given = object(constraints, 'constraints');
  return defined({
    lastN: optional(lastN)(given.lastN, 'lastN'),
    selectedSources: optional(sourceNames)(given.selectedSources, 'selectedSources'),
    onStageSources: optional(sourceNames)(given.onStageSources, 'onStageSources'),
    defaultConstraints: optional(videoConstraints)(given.defaultConstraints, 'defaultConstraints'),
    constraints: optional(constraintsBySource)(given.constraints, 'constraints'),
    assumedBandwidthBps: optional(bandwidth)(given.assumedBandwidthBps, 'assumedBandwidthBps'),
  });
}

/**
 * What a bridge has after `change`: fields that are there replace, `constraints` as a whole map.
 * @throws UsageError `bridge-message-invalid`
 */
export function mergeReceiverVideoConstraints(
  old: ReceiverVideoConstraints,
  change: ReceiverVideoConstraints,
): ReceiverVideoConstraints {
  return { ...copyReceiverVideoConstraints(old), ...copyReceiverVideoConstraints(change) };
}

function videoConstraints(value: unknown, name: string): VideoConstraints {
  const given = object(value, name);
  return defined({
    maxHeight: maxHeight(given.maxHeight, `${name}.maxHeight`),
    maxFrameRate: optional(frameRate)(given.maxFrameRate, `${name}.maxFrameRate`),
  });
}

/** Entries, not assignments: a source may be called `__proto__`. */
function constraintsBySource(value: unknown, name: string): Record<string, VideoConstraints> {
  return Object.fromEntries(
    Object.entries(object(value, name)).map(([source, wanted]) => [
      source,
      videoConstraints(wanted, `${name}[${JSON.stringify(source)}]`),
    ]),
  );
}
