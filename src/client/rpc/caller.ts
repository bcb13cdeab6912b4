/**
 * Calls of ours that wait for an answer. An answer counts only from whom was asked, whatever else it says: the bridge writes who it is from. For a
 * while each is said again now and then, and when another channel opens, for nobody tells what is lost; whoever is called carries it out once.
 */
import type { Clock } from '../../base/clock.ts';
import { JitsiError } from '../../base/errors.ts';
import { type RandomBytes, randomToken } from '../../base/random.ts';
import { type Wait, waitFor } from '../../base/wait-for.ts';
import { callLost, callTooLarge, peerGone, refused, timedOut, tooManyCalls } from './errors.ts';
import { buildCall, type RpcOutcome } from './rpc-message.ts';

export interface CallerPorts {
  clock: Clock;
  random: RandomBytes;
  /** Whether there is somebody else of that endpoint id. */
  isHere(endpointId: string): boolean;
  /** Over the bridge, now. @returns false: it is not open @throws JitsiError */
  send(message: string): boolean;
}

interface PendingCall {
  to: string;
  tried: string;
  message: string;
  wait: Wait<unknown>;
  /** First; undefined until a channel is open. */
  sentAt: number | undefined;
}

/** Calls that may wait at a time. */
const most = 1_000;
/** ms until one is said again, twice as long each time; and in which it is at all, for so long those who are called remember it surely. */
const [firstRepetition, repetitionTime] = [2_000, 30_000];

export class RpcCaller {
  readonly #ports: CallerPorts;
  readonly #pending = new Map<string, PendingCall>();

  constructor(ports: CallerPorts) {
    this.#ports = ports;
  }

  async call(
    to: string,
    method: string,
    payload: unknown,
    { signal, timeout }: { signal?: AbortSignal | undefined; timeout: number },
  ): Promise<unknown> {
    const { clock, isHere, random } = this.#ports;
    const tried = `calling ${JSON.stringify(method)} of ${to}`;
    signal?.throwIfAborted();
    const id = randomToken(random, 20);
    const message = buildCall(to, { id, method, payload });
    if (!isHere(to)) throw peerGone(tried);
    if (this.#pending.size >= most) throw tooManyCalls(tried, most);
    return waitFor<unknown>((wait) => {
      const call: PendingCall = { to, tried, message, wait, sentAt: undefined };
      this.#pending.set(id, call);
      wait.after(() => this.#pending.delete(id));
      wait.after(
        clock.schedule(timeout, () => wait.reject(timedOut(tried, timeout, call.sentAt !== undefined))),
      );
      this.#send(call);
      this.#repeatAfter(call, firstRepetition);
    }, signal);
  }

  answered(from: string, id: string, outcome: RpcOutcome): void {
    const call = this.#pending.get(id);
    if (call?.to !== from) return;
    if (outcome.ok) call.wait.resolve(outcome.result);
    else call.wait.reject(refused(call.tried, outcome.fault, outcome.words));
  }

  /** A channel is open. */
  opened(): void {
    for (const call of this.#pending.values()) this.#send(call);
  }

  left(endpointId: string): void {
    for (const { to, tried, wait } of this.#pending.values())
      if (to === endpointId) wait.reject(peerGone(tried));
  }

  /** We have another endpoint id: what was called under the old one is answered to nobody. */
  renamed(): void {
    for (const { sentAt, tried, wait } of this.#pending.values())
      if (sentAt !== undefined) wait.reject(callLost(tried));
  }

  close(reason: (tried: string) => JitsiError): void {
    for (const { tried, wait } of this.#pending.values()) wait.reject(reason(tried));
  }

  #repeatAfter(call: PendingCall, pause: number): void {
    if (pause > repetitionTime) return;
    call.wait.after(
      this.#ports.clock.schedule(pause, () => {
        this.#send(call);
        this.#repeatAfter(call, pause * 2);
      }),
    );
  }

  #send(call: PendingCall): void {
    const now = this.#ports.clock.now();
    if (call.sentAt !== undefined && now - call.sentAt > repetitionTime) return;
    try {
      if (this.#ports.send(call.message)) call.sentAt ??= now;
    } catch (error) {
      const isLong = error instanceof JitsiError && error.code === 'message-too-large';
      call.wait.reject(isLong ? callTooLarge(call.tried, error) : error);
    }
  }
}
