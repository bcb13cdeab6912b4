/** Whether anybody is there to be a bot for. */
import { type Clock, systemClock } from '../base/clock.ts';
import { onAbort } from '../base/on-abort.ts';
import { withResolvers } from '../base/resolvers.ts';
import {
  abortSignal,
  callback,
  checkOptions,
  duration,
  type Kinds,
  objectWith,
} from '../client/check-arguments.ts';
import type { Conference } from '../client/conference.ts';
import type { Participant } from '../conference/room/roster.ts';

/** As much of a conference as it takes. */
export type Company = Pick<Conference, 'on' | 'participants' | 'state'>;

export interface CompanyOptions {
  /** Who is company. Default: everybody but hidden recorders and their like. */
  counts?: (participant: Participant) => boolean;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

export interface AloneOptions extends CompanyOptions {
  /** ms that we have to be alone for. Default a minute. */
  after?: number;
  /** Default the machine's. */
  clock?: Clock;
}

const companyKinds: Kinds<CompanyOptions> = { counts: callback, signal: abortSignal };
const aloneKinds: Kinds<AloneOptions> = {
  ...companyKinds,
  after: duration,
  clock: objectWith('a Clock', 'now', 'schedule'),
};

const isSeen = ({ isHidden }: Participant): boolean => !isHidden;

/**
 * Waits until nobody else has been in the room for a while. While our own connection is lost nobody knows, and the time begins anew.
 * @returns whether it is so; false when the conference ended, or `signal` was aborted, first. It never rejects
 * @throws UsageError `option-invalid`, `option-unknown`, at once
 */
export function alone(conference: Company, options: AloneOptions = {}): Promise<boolean> {
  checkOptions('waiting until we are alone', aloneKinds, options);
  const { after = 60_000, clock = systemClock, counts = isSeen, signal } = options;
  const { promise, resolve } = withResolvers<boolean>();
  let cancel: (() => void) | undefined;
  const look = (): void => {
    const isAlone = conference.state === 'joined' && ![...conference.participants.values()].some(counts);
    if (!isAlone) {
      cancel?.();
      cancel = undefined;
    } else cancel ??= clock.schedule(after, () => resolve(true));
  };
  const offs = [
    ...(
      ['participantJoined', 'participantLeft', 'participantChanged', 'reconnecting', 'reconnected'] as const
    ).map((event) => conference.on(event, look)),
    conference.on('ended', () => resolve(false)),
    onAbort(signal, () => resolve(false)),
  ];
  if (isOver(conference)) resolve(false);
  else look();
  return promise.finally(() => {
    cancel?.();
    for (const off of offs) off();
  });
}

/**
 * Waits until somebody else is in the room, who may be there already.
 * @returns who; undefined when the conference ended, or `signal` was aborted, first. It never rejects
 * @throws UsageError `option-invalid`, `option-unknown`, at once
 */
export function waitForFirst(
  conference: Company,
  options: CompanyOptions = {},
): Promise<Participant | undefined> {
  checkOptions('waiting for the first participant', companyKinds, options);
  const { counts = isSeen, signal } = options;
  const { promise, resolve } = withResolvers<Participant | undefined>();
  const look = (): void => {
    const first = [...conference.participants.values()].find(counts);
    if (first) resolve(first);
  };
  const offs = [
    conference.on('participantJoined', look),
    conference.on('participantChanged', look),
    conference.on('ended', () => resolve(undefined)),
    onAbort(signal, () => resolve(undefined)),
  ];
  if (isOver(conference)) resolve(undefined);
  else look();
  return promise.finally(() => {
    for (const off of offs) off();
  });
}

export function isOver({ state }: Pick<Conference, 'state'>): boolean {
  return state === 'leaving' || state === 'ended';
}
