/**
 * Lines that nobody has confirmed yet. A channel that breaks takes along what was written to it, and a bridge drops what is for somebody whose channel is
 * not open: after an interruption they are said again, each with its number, by which other `dc` tell what they have had already.
 */
import { randomToken, systemRandom } from '../../base/random.ts';
import { isJsonObject } from '../../jitsi/bridge-messages/fields.ts';
import type { Bridge } from '../../client/bridge/bridge.ts';
import type { BridgeMessage } from '../../jitsi/bridge-messages/index.ts';

/** Lines that are kept; a bridge holds much less. Beyond that the oldest are let go. */
const mostKept = 2_000;

interface Line {
  number: number;
  text: string;
}

export interface LineKeeperPorts {
  /** Sends it, in its time. @param to endpoint id; undefined: to all who are meant */
  send(text: string, mark: LineMark, to?: string): Promise<void>;
  /** Asks those who hear us. @returns endpoint ids of those who do not say that they have what was sent before */
  silent(): Promise<readonly string[]>;
  /** They may have lost some. */
  missed(ids: readonly string[]): void;
}

/** What tells a line from others, in the message's payload. */
export interface LineMark {
  /** Of all lines of one program. */
  stream: string;
  /** From 1 on. */
  line: number;
}

export class LineKeeper {
  readonly #ports: LineKeeperPorts;
  readonly #stream = randomToken(systemRandom, 8);
  #kept: Line[] = [];
  #last = 0;
  #asking: Promise<void> | undefined;

  constructor(ports: LineKeeperPorts) {
    this.#ports = ports;
  }

  async say(text: string): Promise<void> {
    this.#last += 1;
    const line = { number: this.#last, text };
    await this.#send(line);
    this.#kept.push(line);
    if (this.#kept.length > mostKept) this.#kept.shift();
    this.#asking ??= this.#ask();
  }

  /** Says again what is not confirmed. @param to endpoint ids of who has missed it; undefined: all who are meant */
  async repeat(to: readonly string[] | undefined): Promise<void> {
    await this.#asking;
    for (const line of this.#kept) for (const id of to ?? [undefined]) await this.#send(line, id);
  }

  async #send({ number, text }: Line, to?: string): Promise<void> {
    await this.#ports.send(text, { stream: this.#stream, line: number }, to);
  }

  /** One question at a time; what was said meanwhile is for the next. */
  async #ask(): Promise<void> {
    const upTo = this.#last;
    const silent = await this.#ports.silent().catch(() => undefined);
    this.#asking = undefined;
    if (!silent) return;
    if (silent.length > 0) this.#ports.missed(silent);
    else this.#kept = this.#kept.filter(({ number }) => number > upTo);
  }
}

/** Like `bridge.sendText`, with the mark. */
export function sendLine(
  bridge: Pick<Bridge, 'sendJson' | 'sizeLimit'>,
  to: string,
  text: string,
  mark: LineMark,
): boolean {
  const envelope = { colibriClass: 'EndpointMessage', to };
  const msgPayload = { text, ...mark };
  const message = JSON.stringify({ ...envelope, text, msgPayload });
  const fits = bridge.sizeLimit === undefined || Buffer.byteLength(message) <= bridge.sizeLimit;
  return bridge.sendJson(fits ? message : JSON.stringify({ ...envelope, msgPayload }));
}

interface Heard {
  last: number;
  /** Numbers before it that have not come: what was lost is said again later. */
  missing: Set<number>;
}

/** Numbers and streams that are remembered. */
const mostRemembered = 1_000;

/** Which of the lines that come were there before. */
export class HeardLines {
  /** By sender and stream. Whoever has come again under another id is somebody else. */
  readonly #heard = new Map<string, Heard>();

  /** Whether a message repeats what we have had. */
  isRepeated(message: BridgeMessage): boolean {
    if (message.colibriClass !== 'EndpointMessage' || !isJsonObject(message.msgPayload)) return false;
    const { stream, line } = message.msgPayload;
    if (typeof stream !== 'string' || stream.length > 64 || !Number.isSafeInteger(line)) return false;
    return !this.#note(`${message.from} ${stream}`, line as number);
  }

  /** @returns whether it is new */
  #note(key: string, line: number): boolean {
    const heard = this.#heard.get(key) ?? { last: line - 1, missing: new Set<number>() };
    // The youngest is last.
    this.#heard.delete(key);
    this.#heard.set(key, heard);
    const [oldest] = this.#heard.keys();
    if (this.#heard.size > mostRemembered && oldest !== undefined) this.#heard.delete(oldest);
    if (line <= heard.last) return heard.missing.delete(line);
    for (let missed = Math.max(heard.last + 1, line - mostRemembered); missed < line; missed += 1)
      heard.missing.add(missed);
    heard.last = line;
    for (const missed of heard.missing) {
      if (heard.missing.size <= mostRemembered) break;
      heard.missing.delete(missed);
    }
    return true;
  }
}
