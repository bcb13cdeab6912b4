/**
 * The room's chat as a way for bytes: through the XMPP server and not through the bridge, each message a line of base64. Everybody in the
 * room sees them.
 */
import { UsageError } from '../../base/errors.ts';
import { Waiters } from '../../client/bridge/waiters.ts';
import type { Conference } from '../../client/conference.ts';
import type { BenchChannel } from './channel.ts';

/** Before the base64: nobody else's line is taken for one of ours. */
const prefix = 'jcli-bench:';
/** Messages that the room has not reflected yet, at which a sender waits, and may go on. */
const [mostWaiting, fewWaiting] = [16, 8];

export class ChatChannel implements BenchChannel {
  readonly transport = 'xmpp';
  readonly #conference: Pick<Conference, 'chat' | 'on'>;
  readonly #drainers = new Waiters();
  #waiting = 0;
  /** A line that can never be sent. */
  #refusal: UsageError | undefined;

  constructor(conference: Pick<Conference, 'chat' | 'on'>) {
    this.#conference = conference;
  }

  /** @param to whoever it is for gets it as a private message, which is not reflected: for what is said in between */
  sendRaw(to: string, bytes: Uint8Array): boolean {
    if (this.#refusal) throw this.#refusal;
    const line = prefix + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    if (to !== '') {
      // Whoever has left needs nothing; what else is lost is said again.
      this.#conference.chat.send(line, { to }).catch(() => {});
      return true;
    }
    this.#waiting += 1;
    this.#conference.chat
      .send(line)
      .catch((error: unknown) => {
        // What the room does not reflect is lost, which its receivers count.
        if (error instanceof UsageError) this.#refusal = error;
      })
      .finally(() => {
        this.#waiting -= 1;
        if (this.#waiting <= fewWaiting) this.#drainers.resolve();
      });
    return this.#waiting < mostWaiting;
  }

  async opened(): Promise<void> {}

  async drained({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.#waiting > fewWaiting) await this.#drainers.wait(signal);
  }

  onRaw(listener: (message: { from: string; data: Uint8Array }) => void): void {
    this.#conference.on('messageReceived', ({ message: { text, from, isOwn, isHistory } }) => {
      if (from === undefined || isOwn || isHistory || !text.startsWith(prefix)) return;
      listener({ from, data: Buffer.from(text.slice(prefix.length), 'base64') });
    });
  }

  checkSize(): void {}
}
