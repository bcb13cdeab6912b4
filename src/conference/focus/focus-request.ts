/**
 * The conversation with the focus before the room: what we ask, by IQ or over HTTP, and what to make of the answers: go
 * on, ask again later, or give up (lib-jitsi-meet `moderator.js`). One instance lasts from the first request of a join
 * to the last.
 */
import { defined } from '../../base/defined.ts';
import { ConnectionError, JitsiError } from '../../base/errors.ts';
import { type RandomBytes, randomBetween } from '../../base/random.ts';
import {
  buildConferenceIq,
  buildConferenceJson,
  buildLoginUrlQuery,
  type ConferenceRequest,
  type ConferenceResponse,
  parseConferenceIq,
  parseConferenceJson,
} from '../../jitsi/conference-request.ts';
import {
  conferenceHttpError,
  conferenceRequestError,
  FocusBusyError,
  responseError,
} from '../../jitsi/conference-request-error.ts';
import { conferenceRequestUrlFor, type Deployment } from '../../jitsi/deployment.ts';
import type { MeetingAddress } from '../../jitsi/meeting-address.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { IqOutcome } from '../../xmpp/iq-tracker.ts';
import { iqGet, iqSet } from '../../xmpp/stanza.ts';
import type { HttpRequest } from '../io.ts';
import { timing } from '../options.ts';

export type FocusVerdict =
  | { type: 'ready'; response: ConferenceResponse }
  /** `trouble`: what was wrong this time */
  | { type: 'retry'; delay: number; why: string; trouble?: Error }
  | { type: 'failed'; error: Error };

export class FocusRequest {
  readonly #deployment: Deployment;
  readonly #request: ConferenceRequest;
  /** The last answer. */
  #response: ConferenceResponse | undefined;
  #notReady = 0;
  #unavailable = 0;
  #busy = 0;
  readonly #random: RandomBytes;

  /** @param room bare room JID */
  constructor(deployment: Deployment, room: string, machineUid: string, random: RandomBytes) {
    this.#deployment = deployment;
    this.#random = random;
    const { startAudioMuted, startVideoMuted } = deployment;
    this.#request = defined({ room, machineUid, startAudioMuted, startVideoMuted });
  }

  iq(id: string): XmlElement {
    return iqSet(this.#deployment.focus, id, buildConferenceIq(this.#request));
  }

  loginUrlIq(id: string): XmlElement {
    return iqGet(this.#deployment.focus, id, buildLoginUrlQuery(this.#request));
  }

  /** The request over HTTP, where the deployment wants it that way. */
  http(address: MeetingAddress, token: string | undefined): HttpRequest | undefined {
    const url = conferenceRequestUrlFor(this.#deployment, address);
    if (url === undefined) return undefined;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization };
    return {
      purpose: 'conference-request',
      method: 'POST',
      url,
      headers,
      body: buildConferenceJson(this.#request),
    };
  }

  iqAnswered(outcome: IqOutcome): FocusVerdict {
    return outcome.ok
      ? this.#answered(() => parseConferenceIq(outcome.result))
      : this.#failed(conferenceRequestError(this.#request.room, outcome.error));
  }

  httpAnswered(status: number, body: string, retryAfter?: number): FocusVerdict {
    return status === 200
      ? this.#answered(() => parseConferenceJson(body))
      : this.#failed(conferenceHttpError(this.#request.room, status, body, retryAfter));
  }

  /** The network, or a proxy that broke the connection: a few more tries, as for a focus that restarts. */
  httpFailed(error: JitsiError): FocusVerdict {
    return error.retryable ? this.#unanswered(error) : { type: 'failed', error };
  }

  get response(): ConferenceResponse | undefined {
    return this.#response;
  }

  #answered(read: () => ConferenceResponse): FocusVerdict {
    let response: ConferenceResponse;
    try {
      response = read();
    } catch (error) {
      if (!(error instanceof JitsiError)) throw error;
      return { type: 'failed', error };
    }
    this.#response = response;
    const error = responseError(this.#request.room, response);
    if (error) return { type: 'failed', error };
    if (response.ready) return { type: 'ready', response };
    const delay = Math.min(timing.notReadyFirst * 2 ** this.#notReady, timing.notReadyMost);
    this.#notReady += 1;
    return { type: 'retry', delay, why: 'the focus is not in the room yet' };
  }

  #failed(error: Error): FocusVerdict {
    if (error instanceof FocusBusyError) return this.#isBusy(error);
    const isRestarting = error instanceof ConnectionError && error.code === 'focus-unavailable';
    return isRestarting ? this.#unanswered(error) : { type: 'failed', error };
  }

  #unanswered(error: Error): FocusVerdict {
    if (this.#unavailable >= timing.focusUnavailableTries) return { type: 'failed', error };
    const delay = timing.notReadyFirst * 2 ** this.#unavailable;
    this.#unavailable += 1;
    return { type: 'retry', delay, why: error.message, trouble: error };
  }

  /** As often as the join has time for; never sooner than it was told, and not all of its clients at once. */
  #isBusy(error: FocusBusyError): FocusVerdict {
    const backOff = Math.min(timing.notReadyFirst * 2 ** this.#busy, timing.busyMost);
    this.#busy += 1;
    const least = Math.max(
      timing.notReadyFirst,
      Math.min(error.retryAfter ?? backOff, timing.retryAfterMost),
    );
    const delay = Math.round(least * randomBetween(this.#random, 1, 1.25));
    return { type: 'retry', delay, why: error.message, trouble: error };
  }
}
