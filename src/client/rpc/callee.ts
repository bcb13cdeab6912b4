/**
 * Calls of others: each is carried out once, however often it comes, and its answer is kept for a while, for channels that change under it. What
 * one caller, and all together, can make us do and keep is bounded.
 */
import type { Clock } from '../../base/clock.ts';
import { JitsiError } from '../../base/errors.ts';
import type { Participant } from '../../conference/room/roster.ts';
import { methodTaken, RpcRefusal } from './errors.ts';
import { buildAnswer, type RpcCall, type RpcOutcome } from './rpc-message.ts';

/** Who calls. */
export interface RpcContext {
  /** Endpoint id, as the bridge says it. */
  from: string;
  /** As the room knows them. */
  participant: Participant | undefined;
  /** Aborts when they leave, or the conference ends: nobody waits for the result any more. */
  signal: AbortSignal;
}

/** What it returns, or resolves to, is the result, as JSON; a thrown {@link RpcRefusal} is told to the caller, another error is not. */
export type RpcHandler = (payload: unknown, context: RpcContext) => unknown;

export interface CalleePorts {
  clock: Clock;
  participant(endpointId: string): Participant | undefined;
  /** Over the bridge, now. @returns false: it is not open @throws JitsiError */
  send(message: string): boolean;
  /** The bridge is open, and nothing waits. */
  canSend(): boolean;
  /** A handler failed. */
  failed(method: string, error: unknown): void;
}

/** Calls that are being carried out: of one caller, of all. */
const [mostOfOne, mostOfAll] = [16, 256];
/** Ids of one caller that are remembered, and callers. */
const [rememberedIds, rememberedCallers] = [256, 10_000];
/** Answers that are kept, characters of them, and ms. */
const [keptAnswers, keptLength, keptTime] = [256, 1024 * 1024, 60_000];

interface Answer {
  text: string;
  isSent: boolean;
  at: number;
}

export class RpcCallee {
  readonly #ports: CalleePorts;
  readonly #handlers = new Map<string, RpcHandler>();
  /** Under way, by caller and id. */
  readonly #running = new Map<string, Map<string, AbortController>>();
  #runningCount = 0;
  /** Carried out, or about to be, by caller; who called last is the last. */
  readonly #seen = new Map<string, Set<string>>();
  /** By caller and id, the oldest first. */
  readonly #answers = new Map<string, Answer>();
  #answersLength = 0;

  constructor(ports: CalleePorts) {
    this.#ports = ports;
  }

  register(method: string, handler: RpcHandler): () => void {
    if (this.#handlers.has(method)) throw methodTaken(method);
    this.#handlers.set(method, handler);
    return () => {
      if (this.#handlers.get(method) === handler) this.#handlers.delete(method);
    };
  }

  called(from: string, call: RpcCall): void {
    if (this.#seen.get(from)?.has(call.id)) {
      const known = this.#answers.get(keyOf(from, call.id));
      if (known) this.#send(known);
      return;
    }
    const handler = this.#handlers.get(call.method);
    const running = this.#running.get(from)?.size ?? 0;
    if (!handler) this.#refuse(from, call.id, 'rpc-no-method');
    else if (running >= mostOfOne || this.#runningCount >= mostOfAll) this.#refuse(from, call.id, 'rpc-busy');
    else void this.#run(from, call, handler);
  }

  /** A channel is open. */
  opened(): void {
    for (const answer of this.#answers.values()) if (!answer.isSent) this.#send(answer);
  }

  left(endpointId: string): void {
    this.#seen.delete(endpointId);
    const running = this.#running.get(endpointId);
    if (!running) return;
    // A handler that never settles is nobody's place any more.
    this.#running.delete(endpointId);
    this.#runningCount -= running.size;
    for (const controller of running.values()) controller.abort(new Error('the caller left'));
  }

  close(): void {
    this.#handlers.clear();
    for (const id of this.#running.keys()) this.left(id);
    this.#answers.clear();
    this.#answersLength = 0;
  }

  async #run(from: string, { id, method, payload }: RpcCall, handler: RpcHandler): Promise<void> {
    this.#remember(from, id);
    const controller = new AbortController();
    const running = this.#running.get(from) ?? new Map<string, AbortController>();
    this.#running.set(from, running.set(id, controller));
    this.#runningCount += 1;
    let outcome: RpcOutcome;
    try {
      const context = { from, participant: this.#ports.participant(from), signal: controller.signal };
      outcome = { ok: true, result: (await handler(payload, context)) ?? null };
    } catch (error) {
      outcome = this.#failed(method, error);
    }
    if (controller.signal.aborted) return;
    running.delete(id);
    if (running.size === 0) this.#running.delete(from);
    this.#runningCount -= 1;
    this.#answer(from, id, method, outcome);
  }

  #remember(from: string, id: string): void {
    const ids = this.#seen.get(from) ?? new Set();
    this.#seen.delete(from);
    this.#seen.set(from, ids.add(id));
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= rememberedCallers) break;
      this.#seen.delete(oldest);
    }
    for (const oldest of ids) {
      if (ids.size <= rememberedIds) break;
      ids.delete(oldest);
    }
  }

  #failed(method: string, error: unknown): RpcOutcome {
    if (error instanceof RpcRefusal) return { ok: false, fault: 'rpc-refused', words: error.message };
    this.#ports.failed(method, error);
    return { ok: false, fault: 'rpc-failed', words: '' };
  }

  #answer(from: string, id: string, method: string, outcome: RpcOutcome): void {
    let text: string;
    try {
      text = buildAnswer(from, id, outcome);
    } catch (error) {
      // The result is nothing that JSON can say.
      text = buildAnswer(from, id, this.#failed(method, error));
    }
    const answer = { text, isSent: false, at: this.#ports.clock.now() };
    if (this.#send(answer) === 'too-large') {
      answer.text = buildAnswer(from, id, { ok: false, fault: 'rpc-too-large', words: '' });
      this.#send(answer);
    }
    this.#keep(keyOf(from, id), answer);
  }

  /** Costs the caller as much as us, and is not kept. */
  #refuse(from: string, id: string, fault: 'rpc-no-method' | 'rpc-busy'): void {
    if (!this.#ports.canSend()) return;
    this.#send({ text: buildAnswer(from, id, { ok: false, fault, words: '' }), isSent: false, at: 0 });
  }

  #send(answer: Answer): 'too-large' | undefined {
    try {
      answer.isSent = this.#ports.send(answer.text) || answer.isSent;
    } catch (error) {
      if (error instanceof JitsiError && error.code === 'message-too-large') return 'too-large';
      // The channel is full, or they are gone: the caller's time-out tells them.
    }
    return undefined;
  }

  #keep(key: string, answer: Answer): void {
    const length = key.length + answer.text.length;
    if (length > keptLength) return;
    this.#answers.set(key, answer);
    this.#answersLength += length;
    for (const [oldest, { at, text }] of this.#answers) {
      const isOld = answer.at - at > keptTime;
      if (!isOld && this.#answers.size <= keptAnswers && this.#answersLength <= keptLength) break;
      this.#answers.delete(oldest);
      this.#answersLength -= oldest.length + text.length;
    }
  }
}

function keyOf(from: string, id: string): string {
  return JSON.stringify([from, id]);
}
