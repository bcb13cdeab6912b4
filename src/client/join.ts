/** The three ways into a conference. */
import { defined } from '../base/defined.ts';
import { UsageError } from '../base/errors.ts';
import { checkJoinOptions } from './check-options.ts';
import { Conference } from './conference.ts';
import { type JoinOptions, type JoinWay, resolveJoinOptions } from './join-options.ts';

/**
 * Joins a conference and stays in it until `leave()`. Being alone in the room is a normal state that may last.
 * Media sessions are accepted as the focus offers them, today or in days, and `conference.bridge` is the channel to the bridge on
 * whichever there is.
 * @example
 * const conference = await join('https://meet.example.com/standup', { nick: 'bot' });
 * @throws UsageError (in a join without arguments `host-missing`), ConnectionError, RefusedError (JoinError, LoginRequiredError), TimeoutError, or the signal's reason
 */
export function join(url: string, options?: JoinOptions): Promise<Conference>;
export function join(options: JoinOptions): Promise<Conference>;
export function join(first: string | JoinOptions, second?: JoinOptions): Promise<Conference> {
  return enter(first, second, 'join');
}

/** Joins the room only: chat, presence, hands. Media sessions that the focus offers are declined. */
export function joinRoom(url: string, options?: JoinOptions): Promise<Conference>;
export function joinRoom(options: JoinOptions): Promise<Conference>;
export function joinRoom(first: string | JoinOptions, second?: JoinOptions): Promise<Conference> {
  return enter(first, second, 'room');
}

/**
 * Joins the room and waits for the focus to offer a media session, which is then `conference.session` and the caller's to
 * accept; later ones come from `conference.nextSession()`. The focus offers one when a second participant is there.
 * @throws as {@link join}, and TimeoutError `no-session` after `sessionTimeout`
 */
export function joinSession(url: string, options?: JoinOptions): Promise<Conference>;
export function joinSession(options: JoinOptions): Promise<Conference>;
export async function joinSession(first: string | JoinOptions, second?: JoinOptions): Promise<Conference> {
  const conference = await enter(first, second, 'session');
  const [, { signal, sessionTimeout: timeout }] = argumentsOf(first, second);
  try {
    await conference.nextSession(defined({ signal, timeout }));
    return conference;
  } catch (error) {
    await conference.leave();
    throw error;
  }
}

async function enter(
  first: string | JoinOptions,
  second: JoinOptions | undefined,
  way: JoinWay,
): Promise<Conference> {
  const [url, options] = argumentsOf(first, second);
  const conference = new Conference(resolveJoinOptions(url, options, way));
  await conference.start(options.signal);
  return conference;
}

/** Programs without types may pass anything. @throws UsageError `option-invalid`, `option-unknown` */
function argumentsOf(first: unknown, second: unknown): [string | undefined, JoinOptions] {
  const isUrl = typeof first === 'string' || first instanceof URL;
  if (!isUrl && second !== undefined)
    throw new UsageError('joining a conference: a URL as text and options were expected, or options alone', {
      code: 'option-invalid',
    });
  const options = (isUrl ? second : first) ?? {};
  checkJoinOptions(options);
  return [isUrl ? String(first) : undefined, options];
}
