/**
 * A real browser client: lib-jitsi-meet (a published build, fetched by `npm test`) on a page of its own in Chromium. The page has the
 * deployment's own origin, as Jitsi Meet's has, although the deployment does not serve it; on 127.0.0.1 it may use a camera without TLS.
 */
import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { files, html } from './lib-jitsi-meet-site.mjs';
import { waitFor } from './wait.ts';

/** Where the client finds the deployment, and who it is there: what `config.js` and the page's address tell Jitsi Meet. */
export interface BrowserClientOptions {
  websocketUrl: string;
  domain: string;
  mucDomain: string;
  /** The address that conference requests go to. */
  focus: string;
  room: string;
  name: string;
  /** Of the page. Default: that of the deployment. */
  pageOrigin?: string;
  /** The (pretended) devices that it sends from the start. Default none. */
  sends?: readonly ('audio' | 'video')[];
  /** Lines of its camera. Default: what the browser gives. */
  height?: number;
  /** Of its camera: `VP8`. Default: what lib-jitsi-meet likes best. */
  codec?: string;
}

/** What lib-jitsi-meet told its application; `id` is an endpoint id. */
export type BrowserClientEvent =
  | { type: 'connected' | 'disconnected' | 'left' | 'kicked' }
  | { type: 'connectionFailed'; reason: string; message?: string }
  | { type: 'joined'; id: string }
  | { type: 'failed'; reason: string }
  | { type: 'userJoined'; id: string; name?: string }
  | { type: 'userLeft'; id: string }
  | { type: 'role'; id: string; role: string }
  | { type: 'displayName'; id: string; name?: string }
  | { type: 'message'; id: string; text: string }
  /** It has taken an offer and starts to answer it. */
  | { type: 'mediaSession'; p2p: boolean }
  /** One's own tracks too. */
  | { type: 'trackAdded' | 'trackRemoved'; id: string; media: 'audio' | 'video' }
  /** The channel for bridge messages is open. */
  | { type: 'channelOpened' }
  | { type: 'endpointMessage'; id: string; payload: unknown }
  | { type: 'subject'; subject: string }
  | { type: 'property'; id: string; property: string; value?: string }
  | { type: 'pageError'; message: string };

type EventOf<Type extends BrowserClientEvent['type']> = Extract<BrowserClientEvent, { type: Type }>;

/** A picture of a participant's video: 16 × 9 pixels of it, in RGBA. */
export interface ShownVideo {
  width: number;
  height: number;
  /** s */
  currentTime: number;
  pixels: readonly number[];
}

/** Of the W3C's statistics (`candidate-pair`, `inbound-rtp`, `outbound-rtp`), what is looked at here. */
export interface RtcReport {
  type: string;
  kind?: 'audio' | 'video';
  /** bit/s */
  availableOutgoingBitrate?: number;
  nominated?: boolean;
  framesDecoded?: number;
  framesEncoded?: number;
  packetsReceived?: number;
  packetsSent?: number;
  packetsLost?: number;
  frameWidth?: number;
  frameHeight?: number;
  /** Of what is sent: bit/s that the encoder is to need. */
  targetBitrate?: number;
  mimeType?: string;
  keyFramesDecoded?: number;
  freezeCount?: number;
  /** s */
  totalFreezesDuration?: number;
  pliCount?: number;
  nackCount?: number;
  totalAudioEnergy?: number;
}

/** What lib-jitsi-meet-page.js defines in the page. */
interface PageParticipant {
  join(options: BrowserClientOptions): Promise<void>;
  sendChat(text: string): void;
  sendEndpointMessage(to: string, payload: object): void;
  setDisplayName(name: string): void;
  setHand(raised: boolean): void;
  requestVideo(maxHeight: number): void;
  show(id: string): Promise<ShownVideo | undefined>;
  statistics(): Promise<RtcReport[]>;
  leave(): Promise<void>;
}

/** Opens a page whose client starts to join; `joined()` waits for the outcome. */
export async function openLibJitsiMeet(
  browser: Browser,
  options: BrowserClientOptions,
): Promise<LibJitsiMeet> {
  for (const file of Object.values(files)) {
    if (!existsSync(file)) throw new Error(`${file} is missing: npm test installs it`);
  }
  // Chromium counts a page that comes from no server as one of the internet.
  const context = await browser.newContext({ permissions: ['local-network-access'] });
  const client = new LibJitsiMeet(context, await context.newPage());
  await client.start(options);
  return client;
}

/** The same for a sandbox's own deployment. */
export function openInSandbox(
  browser: Browser,
  { url, mucDomain }: Pick<Sandbox, 'url' | 'mucDomain'>,
  who: Pick<BrowserClientOptions, 'room' | 'name' | 'sends' | 'height' | 'codec' | 'pageOrigin'>,
): Promise<LibJitsiMeet> {
  return openLibJitsiMeet(browser, {
    websocketUrl: `${url.replace('http:', 'ws:')}/xmpp-websocket`,
    domain: 'meet.jitsi',
    mucDomain,
    focus: 'focus.meet.jitsi',
    ...who,
  });
}

export class LibJitsiMeet {
  /** All that happened so far. */
  readonly events: BrowserClientEvent[] = [];
  /** What it sent and received over XMPP, each a text frame. */
  readonly sent: string[] = [];
  readonly received: string[] = [];
  readonly #console: string[] = [];
  readonly #context: BrowserContext;
  readonly #page: Page;

  constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.#page = page;
    page.on('pageerror', (error) => this.events.push({ type: 'pageError', message: error.message }));
    page.on('websocket', (socket) => {
      if (!socket.url().includes('xmpp-websocket')) return;
      socket.on('framesent', ({ payload }) => this.sent.push(String(payload)));
      socket.on('framereceived', ({ payload }) => this.received.push(String(payload)));
    });
    page.on('console', (message) => this.#console.push(message.text()));
  }

  /** Opens the page and starts to join. */
  async start(options: BrowserClientOptions): Promise<void> {
    await this.#page.exposeFunction('report', (event: BrowserClientEvent) => this.events.push(event));
    const place = new URL('/page/', options.pageOrigin ?? options.websocketUrl.replace(/^ws/, 'http')).href;
    await this.#page.route(`${place}**`, (route) => {
      const path = files[route.request().url().slice(place.length)];
      return route.fulfill(path === undefined ? { contentType: 'text/html', body: html } : { path });
    });
    await this.#page.goto(place);
    await this.#call('join', options);
  }

  /** The endpoint id, once the room is joined; rejects when joining failed. */
  async joined(): Promise<string> {
    const event = await this.#find(
      (each) => each.type === 'joined' || each.type === 'failed' || each.type === 'connectionFailed',
      'outcome of joining',
    );
    if (event.type !== 'joined') throw new Error(`lib-jitsi-meet could not join: ${this.#explain()}`);
    return event.id;
  }

  /** The first event of this type that fits, past or to come. */
  async waitFor<Type extends BrowserClientEvent['type']>(
    type: Type,
    fits: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    return (await this.#find(
      (event) => event.type === type && fits(event as EventOf<Type>),
      `event ${type}`,
    )) as EventOf<Type>;
  }

  /** Waits until the focus has answered its `count`th session-accept. Returns the answer. */
  async acceptAnswer(count = 1): Promise<string> {
    return waitFor(
      () => {
        const accepts = this.sent.filter((frame) => frame.includes('action="session-accept"'));
        const accept = accepts[count - 1];
        const id = accept && / id="([^"]+)"/.exec(accept)?.[1];
        return id && this.received.find((frame) => frame.includes(`id="${id}"`));
      },
      { what: 'answer to a session-accept', explain: () => [...this.sent, this.#explain()].join('\n') },
    );
  }

  sendChat(text: string): Promise<void> {
    return this.#call('sendChat', text);
  }

  /** @param to endpoint id, or '' for all */
  sendEndpointMessage(to: string, payload: object): Promise<void> {
    return this.#call('sendEndpointMessage', to, payload);
  }

  setDisplayName(name: string): Promise<void> {
    return this.#call('setDisplayName', name);
  }

  setHand(raised: boolean): Promise<void> {
    return this.#call('setHand', raised);
  }

  /** Of everybody, up to so many lines. */
  requestVideo(maxHeight: number): Promise<void> {
    return this.#call('requestVideo', maxHeight);
  }

  /** A participant's video, once it plays. */
  video(id: string): Promise<ShownVideo> {
    return waitFor(() => this.#call('show', id), {
      what: `video of ${id} in the browser`,
      explain: () => this.#explain(),
    });
  }

  statistics(): Promise<RtcReport[]> {
    return this.#call('statistics');
  }

  screenshot(path: string): Promise<Buffer> {
    return this.#page.screenshot({ path });
  }

  /** Leaves the room politely and closes the page. */
  async leave(): Promise<void> {
    await this.#call('leave');
    await this.close();
  }

  /** Closes the page as if the user had closed the tab; may be called twice. */
  async close(): Promise<void> {
    await this.#context.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #call<Method extends keyof PageParticipant>(
    method: Method,
    ...args: Parameters<PageParticipant[Method]>
  ): Promise<Awaited<ReturnType<PageParticipant[Method]>>> {
    const result = await this.#page.evaluate(
      ([name, given]) => {
        const { participant } = globalThis as unknown as {
          participant: Record<string, (...values: unknown[]) => unknown>;
        };
        return participant[name]?.(...given);
      },
      [method, args] as const,
    );
    return result as Awaited<ReturnType<PageParticipant[Method]>>;
  }

  #find(fits: (event: BrowserClientEvent) => boolean, what: string): Promise<BrowserClientEvent> {
    return waitFor(() => this.events.find(fits), {
      what: `${what} in the browser`,
      explain: () => this.#explain(),
    });
  }

  #explain(): string {
    return [...this.events.map((event) => JSON.stringify(event)), ...this.#console].join('\n');
  }
}
