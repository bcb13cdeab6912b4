/** The RTCPeerConnection of a real Chromium, as an object here: what a caller would bring. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { MediaType } from '../../src/jingle/model.ts';
import type {
  W3cDataChannel,
  W3cIceCandidate,
  W3cSessionDescription,
  W3cTransceiver,
} from '../../src/rtc/w3c-peer-connection.ts';
import type { TestedPeerConnection } from './peer-connection-cases.ts';

type Listener = (event: unknown) => void;

interface State {
  localDescription: W3cSessionDescription | null;
  connectionState: string;
  transceivers: W3cTransceiver[];
}

interface Notice {
  type: string;
  channel?: number;
  data?: string;
  candidate?: W3cIceCandidate | null;
  state: State;
}

const script = readFileSync(join(import.meta.dirname, 'remote-peer-connection-page.js'), 'utf8');

export interface RemotePeerConnection extends TestedPeerConnection {
  close(): Promise<void>;
}

/** Each has a page of its own. */
export async function openRemotePeerConnection(browser: Browser): Promise<RemotePeerConnection> {
  const page = await browser.newPage();
  // Cameras are for pages of this machine; this one never leaves the browser.
  await page.route('http://localhost/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  );
  await page.goto('http://localhost/');
  const peer = new ChromiumPeerConnection(page);
  await page.exposeFunction('notify', (notice: Notice) => peer.notified(notice));
  await page.addScriptTag({ content: script });
  await peer.call('open');
  return peer;
}

class Target {
  readonly #listeners = new Map<string, Set<Listener>>();

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}

class ChromiumPeerConnection extends Target implements RemotePeerConnection {
  readonly #page: Page;
  readonly #channels: RemoteDataChannel[] = [];
  #state: State = { localDescription: null, connectionState: 'new', transceivers: [] };
  /** Calls reach the page in the order in which they were made. */
  #calls: Promise<unknown> = Promise.resolve();

  constructor(page: Page) {
    super();
    this.#page = page;
  }

  get localDescription(): W3cSessionDescription | null {
    return this.#state.localDescription;
  }

  get connectionState(): string {
    return this.#state.connectionState;
  }

  getTransceivers(): readonly W3cTransceiver[] {
    return this.#state.transceivers;
  }

  getReceivers(): readonly unknown[] {
    return this.#state.transceivers;
  }

  received(ssrc: number): Promise<{ packets: number; pictures?: number }> {
    return this.call('received', ssrc);
  }

  send(kind: MediaType): Promise<void> {
    return this.#update('sendMedia', kind);
  }

  stopSending(): Promise<void> {
    return this.#update('stopSending');
  }

  createDataChannel(label: string, options: { protocol: string }): W3cDataChannel {
    const id = this.#channels.length;
    const call = (name: string, ...args: unknown[]): void => void this.call(name, id, ...args);
    const channel = new RemoteDataChannel(label, options.protocol, call);
    this.#channels.push(channel);
    call('createDataChannel', label, options);
    return channel;
  }

  setRemoteDescription(description: W3cSessionDescription): Promise<unknown> {
    return this.#update('setRemoteDescription', description);
  }

  createAnswer(): Promise<W3cSessionDescription> {
    return this.call('createAnswer');
  }

  setLocalDescription(description: W3cSessionDescription): Promise<unknown> {
    return this.#update('setLocalDescription', description);
  }

  addIceCandidate(candidate: W3cIceCandidate): Promise<unknown> {
    return this.call('addIceCandidate', candidate);
  }

  async close(): Promise<void> {
    await this.call('close');
    await this.#page.close();
  }

  async call<Result>(name: string, ...args: unknown[]): Promise<Result> {
    const run = async (): Promise<Result> =>
      this.#page.evaluate(
        ([method, values]) =>
          (globalThis as unknown as { peer: Record<string, (...all: unknown[]) => Promise<never>> }).peer[
            method
          ]?.(...values) as Promise<never>,
        [name, args] as [string, unknown[]],
      );
    const result = this.#calls.then(run);
    this.#calls = result.catch(() => {});
    return result;
  }

  notified({ type, channel, state, ...event }: Notice): void {
    this.#state = state;
    if (channel === undefined) this.emit(type, event);
    else this.#channels[channel]?.notified(type, event);
  }

  async #update(name: string, ...args: unknown[]): Promise<void> {
    const { state } = await this.call<{ state: State }>(name, ...args);
    this.#state = state;
  }
}

class RemoteDataChannel extends Target implements W3cDataChannel {
  readonly label: string;
  readonly protocol: string;
  readonly bufferedAmount = 0;
  readyState = 'connecting';
  bufferedAmountLowThreshold = 0;
  readonly #call: (name: string, ...args: unknown[]) => void;

  constructor(label: string, protocol: string, call: (name: string, ...args: unknown[]) => void) {
    super();
    this.label = label;
    this.protocol = protocol;
    this.#call = call;
  }

  send(data: string): void {
    this.#call('send', data);
  }

  close(): void {
    this.#call('closeChannel');
  }

  notified(type: string, event: object): void {
    if (type === 'open') this.readyState = 'open';
    if (type === 'close') this.readyState = 'closed';
    this.emit(type, event);
  }
}
