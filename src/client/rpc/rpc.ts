/** Calls between participants over the bridge: `conference.rpc`. */
import type { Clock } from '../../base/clock.ts';
import { onAbort } from '../../base/on-abort.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { JitsiError } from '../../base/errors.ts';
import type { Participant } from '../../conference/room/roster.ts';
import type { Bridge } from '../bridge/bridge.ts';
import {
  callback,
  checkArgument,
  checkOptions,
  isObject,
  isText,
  type Kind,
  signalKinds,
  waitKinds,
} from '../check-arguments.ts';
import type { On } from '../event-source.ts';
import { conferenceEnded, listenerFailed } from '../failures.ts';
import { RpcCallee, type RpcHandler } from './callee.ts';
import { RpcCaller } from './caller.ts';
import { methodLimit, readRpc } from './rpc-message.ts';

export interface RpcPorts {
  on: On;
  clock: Clock;
  random: RandomBytes;
  endpointId(): string;
  participants(): ReadonlyMap<string, Participant>;
  isOver(): boolean;
  warn(error: JitsiError): void;
}

export interface RpcCallOptions {
  /** ms. Default 15 000; Infinity for no limit. */
  timeout?: number;
  signal?: AbortSignal;
}

const defaultTimeout = 15_000;
const aMethod: Kind = {
  words: `a text of 1 to ${methodLimit} characters`,
  fits: (value) => isText(value) && value !== '' && value.length <= methodLimit,
};
const somebody: Kind = {
  words: 'a participant, or an endpoint id',
  fits: (value) => (isText(value) && value !== '') || (isObject(value) && isText(value['id'])),
};

export class Rpc {
  readonly #ports: RpcPorts;
  readonly #caller: RpcCaller;
  readonly #callee: RpcCallee;
  #bridge: Bridge | undefined;

  /** Made by the conference, not by users. */
  constructor(ports: RpcPorts) {
    this.#ports = ports;
    const { clock, participants, random } = ports;
    const send = (message: string): boolean => this.#send(message);
    this.#caller = new RpcCaller({ clock, random, send, isHere: (id) => participants().has(id) });
    this.#callee = new RpcCallee({
      clock,
      send,
      participant: (id) => participants().get(id),
      canSend: () => this.#bridge?.canSend === true,
      failed: (method, error) => ports.warn(listenerFailed(`the handler of ${method}`, error)),
    });
    ports.on('participantLeft', ({ participant: { id } }) => {
      this.#caller.left(id);
      this.#callee.left(id);
    });
    ports.on('reconnected', ({ previousEndpointId }) => {
      if (previousEndpointId !== undefined) this.#caller.renamed();
    });
    ports.on('ended', () => {
      this.#caller.close(conferenceEnded);
      this.#callee.close();
    });
  }

  /**
   * Carries out what others call `method`, until the returned function is called or `signal` aborts: `handler` gets what they gave and who they are,
   * and what it returns is their result. A call is carried out once. An error that it throws fails the call, with its message where it is an
   * {@link RpcRefusal}, else with a `warning` here.
   * @throws UsageError `rpc-method-taken`, `argument-invalid`, `option-invalid`
   */
  register(method: string, handler: RpcHandler, options: { signal?: AbortSignal } = {}): () => void {
    const tried = 'registering a method';
    checkArgument(tried, 'its name', aMethod, method);
    checkArgument(tried, 'the handler', callback, handler);
    checkOptions(tried, signalKinds, options);
    if (options.signal?.aborted || this.#ports.isOver()) return () => {};
    const unregister = this.#callee.register(method, handler);
    const off = onAbort(options.signal, unregister);
    return () => {
      off();
      unregister();
    };
  }

  /**
   * Has another participant carry out what they call `method`, and resolves to the result. While the bridge's channel is down, it waits.
   * @param to a participant or their endpoint id
   * @param payload anything that JSON can say
   * @throws TimeoutError `rpc-timeout`; RefusedError `rpc-no-method`, `rpc-refused`, `rpc-failed`, `rpc-busy`, `rpc-too-large` (the answer);
   *   UsageError `rpc-too-large`, `bridge-message-invalid`, `argument-invalid`, `option-invalid`; ConnectionError `rpc-peer-gone`, `rpc-lost`,
   *   `rpc-busy`, `bridge-queue-full`, `conference-ended`; or the signal's reason
   */
  async call(
    to: Participant | string,
    method: string,
    payload: unknown = null,
    options: RpcCallOptions = {},
  ): Promise<unknown> {
    const tried = 'calling a method';
    checkArgument(tried, 'whose', somebody, to);
    checkArgument(tried, 'its name', aMethod, method);
    checkOptions(tried, waitKinds, options);
    if (this.#ports.isOver()) throw conferenceEnded(tried);
    const { signal, timeout = defaultTimeout } = options;
    return this.#caller.call(typeof to === 'string' ? to : to.id, method, payload, { signal, timeout });
  }

  /** Called by the conference. */
  useBridge(bridge: Bridge): void {
    this.#bridge = bridge;
    bridge.on('opened', () => {
      if (this.#bridge !== bridge) return;
      this.#caller.opened();
      this.#callee.opened();
    });
    bridge.on('plainReceived', ({ message }) => {
      const said = readRpc(message);
      if (!said || said.from === this.#ports.endpointId()) return;
      if (said.kind === 'call') this.#callee.called(said.from, said.call);
      else this.#caller.answered(said.from, said.id, said.outcome);
    });
  }

  #send(message: string): boolean {
    if (this.#bridge?.state !== 'open') return false;
    this.#bridge.sendJson(message);
    return true;
  }
}
