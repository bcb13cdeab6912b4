/** Sender and receiver of one path, two processes that are connected once and then measured again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { twoEndpoints } from './endpoints.mjs';
import { LineProcess } from './line-process.mjs';

/** ms of sending before the measurement begins, and between looks at whether the rest has arrived. */
const warmUp = 400;
const pollTime = 50;
/** ms without a message after which what has not come is lost. */
const patience = 5_000;

export class Pair {
  #sender;
  #receiver;
  #relay;
  #to;
  #closeEndpoints = async () => {};

  /**
   * @param path `command`, `args`, `needsEndpoints`, and what is in `open` for both peers
   * @param relay LineProcess of the relay that both are connected to
   */
  static async open(path, { host, relay, nodeOptions = () => [] }) {
    const pair = new Pair();
    pair.#relay = relay;
    try {
      await pair.#open(path, host, nodeOptions);
      return pair;
    } catch (error) {
      await pair.close();
      throw error;
    }
  }

  async #open(path, host, nodeOptions) {
    const start = (role) =>
      new LineProcess(`${path.id} ${role}`, path.command, [
        ...(path.command === process.execPath ? nodeOptions(`${path.id}-${role}`) : []),
        ...path.args,
      ]);
    this.#sender = start('send');
    this.#receiver = start('receive');
    const room = `bench-${path.id}`;
    let places = [{}, {}];
    if (path.needsEndpoints) {
      const { endpoints, close } = await twoEndpoints(host, room);
      this.#closeEndpoints = close;
      places = endpoints;
    }
    // The focus offers a session when both are there.
    const open = (peer, role, place) =>
      peer.request({ type: 'open', role, host, room, nick: role, ...path.open, ...place }, 45_000);
    const [, { id }] = await Promise.all([
      open(this.#sender, 'send', places[0]),
      open(this.#receiver, 'receive', places[1]),
    ]);
    this.#to = places[1].id ?? id;
  }

  /** Sends payloads of `size` bytes for a while and tells what arrived in `duration` ms of it. */
  async measure(size, duration) {
    const processes = { sender: this.#sender, receiver: this.#receiver, relay: this.#relay };
    const look = async () =>
      Object.fromEntries(
        await Promise.all(
          Object.entries(processes).map(async ([name, each]) => [name, await each.request({ type: 'look' })]),
        ),
      );
    await this.#receiver.request({ type: 'begin', size });
    await this.#sender.request({ type: 'begin', size, to: this.#to });
    await sleep(warmUp);
    const before = await look();
    await sleep(duration);
    const after = await look();
    const { messages: sent } = await this.#sender.request({ type: 'stop' }, 30_000);
    const received = await this.#drain(sent);
    const messages = after.receiver.messages - before.receiver.messages;
    if (messages === 0) throw new Error(`nothing arrived of ${sent} messages`);
    const gigabits = (messages * size * 8) / 1e9;
    const seconds = (after.receiver.at - before.receiver.at) / 1000;
    return {
      mbps: (gigabits * 1000) / seconds,
      cpuPerGigabit: Object.fromEntries(
        Object.keys(processes).map((name) => [name, (after[name].cpu - before[name].cpu) / gigabits]),
      ),
      sent,
      lost: sent - received.messages,
      wrong: received.wrong,
      peakBytes: Object.fromEntries(Object.keys(processes).map((name) => [name, after[name].peakBytes])),
    };
  }

  /** Waits for what is on its way, so that it does not meet the next measurement. */
  async #drain(sent) {
    let last = await this.#receiver.request({ type: 'look' });
    let since = performance.now();
    while (last.messages < sent && performance.now() - since < patience) {
      await sleep(pollTime);
      const now = await this.#receiver.request({ type: 'look' });
      if (now.messages > last.messages) since = performance.now();
      last = now;
    }
    return last;
  }

  async close() {
    await Promise.all([this.#sender?.close(), this.#receiver?.close()]);
    await this.#closeEndpoints();
  }
}
