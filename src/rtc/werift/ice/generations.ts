/**
 * ICE of one transport over its restarts (RFC 8445, 9; jitsi-videobridge `IceTransport.kt`): a second agent, with credentials and sockets of its
 * own, finds a way beside the first, which goes on until then. New sockets are a must: a bridge with one port tells agents apart by the
 * address that we come from.
 */
import type { Milliseconds } from '../../../base/clock.ts';
import { startTimer } from '../../../base/timer.ts';
import type { IceCandidate } from '../../../jingle/model.ts';
import type { SelectedCandidatePair } from '../../selected-candidate-pair.ts';
import { forgive } from '../forgive.ts';
import { IceAgent, type IceHandlers, type IceOptions } from './agent.ts';

/** ms from the new credentials to a pair that works: a bridge's, which gives up then and keeps what it has */
const restartTime: Milliseconds = 20_000;
/** ms for which the old way is listened to when there is a new one */
const transitionTime: Milliseconds = 3_000;

/** One side's words for ICE. */
export interface IceSide {
  readonly ufrag: string;
  readonly pwd: string;
  readonly candidates: readonly IceCandidate[];
}

export class IceGenerations {
  readonly #options: IceOptions;
  readonly #handlers: IceHandlers;
  #current: IceAgent;
  #pending: IceAgent | undefined;
  #cancelPending: () => void = () => {};
  /** Those that were replaced or given up; what they do until they are closed is nobody's business. */
  readonly #closing = new Set<Promise<void>>();
  readonly #retiring = new Map<IceAgent, () => void>();
  /** Datagrams of those that are gone. */
  #packetsBefore = 0;
  /** Why the current one has failed while another was on the way. */
  #lost: string | undefined;
  #isAnswered = false;

  constructor(options: IceOptions, handlers: IceHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#current = this.#agent(options);
  }

  /** Of the way that is in use. */
  get local(): IceSide {
    return this.#current;
  }

  get isLooking(): boolean {
    return this.#current.isLooking;
  }

  get packetsReceived(): number {
    const agents = [this.#current, ...(this.#pending ? [this.#pending] : []), ...this.#retiring.keys()];
    return agents.reduce((sum, { packetsReceived }) => sum + packetsReceived, this.#packetsBefore);
  }

  get selectedCandidatePair(): SelectedCandidatePair | undefined {
    return this.#current.selectedCandidatePair;
  }

  gather(): Promise<void> {
    return this.#current.gather();
  }

  look(ufrag: string, pwd: string, patience: Milliseconds): Promise<void> {
    return this.#current.look(ufrag, pwd, patience);
  }

  connect(ufrag: string, pwd: string): void {
    this.#current.connect(ufrag, pwd);
  }

  addRemoteCandidates(candidates: readonly IceCandidate[]): void {
    this.#current.addRemoteCandidates(candidates);
  }

  /** Makes our side of a restart, in place of one that has not come to anything; resolves when its host candidates are known. */
  async prepareRestart(): Promise<IceSide> {
    this.#abandon();
    const agent = this.#agent({ ...this.#options, checksTime: restartTime });
    this.#pending = agent;
    this.#cancelPending = startTimer(restartTime, () => this.#giveUp(agent));
    await agent.gather();
    return agent;
  }

  /** The other side's words for the restart that was prepared; without one nothing happens. */
  restart({ ufrag, pwd, candidates }: IceSide): void {
    this.#pending?.addRemoteCandidates(candidates);
    this.#pending?.connect(ufrag, pwd);
  }

  /** Never rejects: datagrams get lost. */
  send(datagram: Buffer): Promise<void> {
    return this.#current.send(datagram);
  }

  async close(): Promise<void> {
    this.#abandon();
    for (const retire of this.#retiring.values()) retire();
    await this.#current.close();
    await Promise.all(this.#closing);
  }

  #agent(options: IceOptions): IceAgent {
    const isCurrent = (): boolean => this.#current === agent;
    const agent: IceAgent = new IceAgent(options, {
      candidate: (candidate) => {
        // A bridge takes one answer to a restart, and finds what comes later by our checks.
        if (isCurrent()) this.#handlers.candidate(candidate);
      },
      connected: () => {
        if (isCurrent()) this.#handlers.connected();
        else if (this.#pending === agent) this.#cutOver(agent);
      },
      disconnected: (reason) => {
        if (isCurrent()) this.#handlers.disconnected(reason);
      },
      failed: (reason) => {
        if (!isCurrent()) this.#giveUp(agent);
        else if (this.#pending) this.#lost = reason;
        else this.#handlers.failed(reason);
      },
      answered: () => {
        if (!isCurrent()) return;
        if (this.#lost === undefined) this.#handlers.answered();
        else this.#isAnswered = true;
      },
      data: (datagram, late) => this.#handlers.data(datagram, late),
    });
    return agent;
  }

  #cutOver(agent: IceAgent): void {
    const old = this.#current;
    this.#cancelPending();
    this.#pending = undefined;
    this.#lost = undefined;
    this.#isAnswered = false;
    this.#current = agent;
    const cancel = startTimer(transitionTime, () => this.#retiring.get(old)?.());
    this.#retiring.set(old, () => {
      cancel();
      this.#retiring.delete(old);
      this.#close(old);
    });
    this.#handlers.connected();
  }

  /** A restart has come to nothing: what there was goes on, if it does. */
  #giveUp(agent: IceAgent): void {
    if (this.#pending !== agent) return;
    this.#abandon();
    const reason = this.#lost;
    if (reason === undefined) return;
    this.#lost = undefined;
    this.#handlers.failed(reason);
    if (this.#isAnswered) this.#handlers.answered();
  }

  #abandon(): void {
    const agent = this.#pending;
    if (!agent) return;
    this.#cancelPending();
    this.#pending = undefined;
    this.#close(agent);
  }

  #close(agent: IceAgent): void {
    this.#packetsBefore += agent.packetsReceived;
    const closing = agent.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    forgive(closing, 'closing ICE', this.#options.logger);
  }
}
