/**
 * Messages to the bridge as text. They have what a strict bridge knows and nothing else (media dossier 5.4), whatever the caller's
 * objects have besides. Each throws UsageError `bridge-message-invalid`.
 */
import { boolean, integerFrom, object, sourceName, sourceNames, videoType } from './checks.ts';
import type { AudioSubscription, ClientMessage, ReceiverVideoConstraints } from './client-messages.ts';
import type { BridgeVideoType } from './messages.ts';
import { copyReceiverVideoConstraints } from './receiver-constraints.ts';

export function buildClientHello(): string {
  return write({ colibriClass: 'ClientHello' });
}

export function buildReceiverVideoConstraints(constraints: ReceiverVideoConstraints): string {
  return write({ colibriClass: 'ReceiverVideoConstraints', ...copyReceiverVideoConstraints(constraints) });
}

/** @param lastN how many video sources at most; -1: all */
export function buildLastN(lastN: number): string {
  return write({ colibriClass: 'LastNChangedEvent', lastN: integerFrom(-1)(lastN, 'lastN') });
}

/** Writes all three fields: their defaults differ between clients and bridges. */
export function buildAudioSubscription(subscription: AudioSubscription): string {
  const { all = true, include = [], exclude = [] } = object(subscription, 'the subscription');
  return write({
    colibriClass: 'ReceiverAudioSubscription',
    all: boolean(all, 'all'),
    include: sourceNames(include, 'include'),
    exclude: sourceNames(exclude, 'exclude'),
  });
}

export function buildSourceVideoType(source: string, type: BridgeVideoType): string {
  return write({
    colibriClass: 'SourceVideoTypeMessage',
    sourceName: sourceName(source, 'the source'),
    videoType: videoType(type, 'videoType'),
  });
}

/** The older form, which tells the type of our first video source. */
export function buildVideoType(type: BridgeVideoType): string {
  return write({ colibriClass: 'VideoTypeMessage', videoType: videoType(type, 'videoType') });
}

function write(message: ClientMessage): string {
  return JSON.stringify(message);
}
