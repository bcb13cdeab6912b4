/**
 * The parts of a deployment that can die and come back: XMPP server, focus, bridge. The web server in front of them stays, as the proxy of a
 * real deployment does.
 */
import type { Clock, Milliseconds } from '../base/clock.ts';
import { ConnectionError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { MediaBridge } from './bridge/media-bridge.ts';
import {
  type ConferenceAnswer,
  type ConferenceRequest,
  createFocus,
  type Focus,
  type FocusOptions,
} from './focus/index.ts';
import { Timer } from './focus/timer.ts';
import type { Door, Doors } from './network/doors.ts';
import type { StanzaLink } from './xmpp/link.ts';
import { createXmppServer, type XmppServer, type XmppServerOptions } from './xmpp-server.ts';

/** How clients find that something is not there. */
export type Meanwhile =
  /** the proxy in front of it answers 502 */
  | 'bad-gateway'
  /** connections stand, and there is no answer until it is back */
  | 'hang'
  /** nobody listens on the port at all, so that nothing of the deployment can be connected to */
  | 'refused';

export interface Absence {
  /** ms until it is back. Default 0: at once. */
  absence?: Milliseconds;
  /** What becomes meanwhile of those who want to connect to it. Default `bad-gateway`. */
  meanwhile?: Meanwhile;
}

export interface FocusAbsence extends Absence {
  /**
   * ms for which the XMPP server does not notice (15 000 on a real one, unless the focus is back before): the focus seems to be in its rooms, and
   * requests get no answer at all. Default 0.
   */
  unnoticed?: Milliseconds;
}

export interface BridgeAbsence extends Absence {
  /**
   * `false`: the focus does not notice, as when a bridge is killed and back within seconds. Nobody is told; only participants can find out, and ask for
   * a new session, whereupon everybody gets one. Default true.
   */
  noticed?: boolean;
}

export interface XmppAbsence extends Absence {
  /**
   * `false`: only the connections break, as when the proxy in front of it restarts; sessions can be resumed. Default true: nothing is left of
   * what the server knew, as of one that was killed.
   */
  forget?: boolean;
  /** `true`: it says goodbye first, as on SIGTERM: `system-shutdown`, and the WebSocket's closing handshake. Default false. */
  shutdown?: boolean;
  /** ms from then until the focus is connected again. Default 3000. Without its server it forgets its conferences, and media goes on. */
  focusAbsence?: Milliseconds;
  /** ms from then until the focus knows its bridge again, which is connected to the same server. Default 0. */
  bridgeAbsence?: Milliseconds;
}

export interface DeploymentOptions {
  xmpp: XmppServerOptions;
  focus: Omit<FocusOptions, 'link' | 'mucDomain' | 'domain' | 'bridge' | 'isBridgeAvailable'>;
  bridge: MediaBridge;
  doors: Doors;
  /** Nobody listens, or somebody does again. */
  setListening: (isListening: boolean) => void;
  clock: Clock;
  logger: Logger;
}

/** What a client's reconnecting costs a focus: Smack's back-off and Prosody's start. */
const focusReconnects: Milliseconds = 3000;

export class Deployment {
  readonly bridge: MediaBridge;
  readonly #options: DeploymentOptions;
  readonly #timers: Record<'xmpp' | 'focus' | 'bridge' | 'focusLink' | 'bridgeLink' | 'ghost', Timer>;
  /** Which of them run. */
  readonly #isUp = { xmpp: true, focus: true, bridge: true };
  /** The bridge is connected to the XMPP server, through which the focus knows it. */
  #isBridgeLinked = true;
  /** The fault `bridgeAvailable`. */
  #isBridgeWanted = true;
  #xmpp: XmppServer;
  #link: StanzaLink | undefined;
  #focus: Focus | undefined;
  /** What does not run any more is not started again. */
  #isClosed = false;

  constructor(options: DeploymentOptions) {
    const timer = (): Timer => new Timer(options.clock);
    this.bridge = options.bridge;
    this.#options = options;
    this.#timers = {
      xmpp: timer(),
      focus: timer(),
      bridge: timer(),
      focusLink: timer(),
      bridgeLink: timer(),
      ghost: timer(),
    };
    this.#xmpp = createXmppServer(options.xmpp);
    this.#startFocus();
  }

  /** While it is away, one without rooms and sessions. */
  get xmpp(): XmppServer {
    return this.#xmpp;
  }

  /** Undefined while it is away. */
  get focus(): Focus | undefined {
    return this.#focus;
  }

  /** By HTTP. */
  conferenceRequest(request: ConferenceRequest): Promise<ConferenceAnswer> {
    if (this.#focus) return this.#focus.conferenceRequest(request);
    return Promise.reject(
      new ConnectionError(`requesting the conference ${request.room}: the focus is not connected`, {
        code: 'room-refused',
        retryable: true,
      }),
    );
  }

  setBridgeAvailable(isAvailable: boolean): void {
    this.#isBridgeWanted = isAvailable;
    this.#tellOfBridge();
  }

  restartXmpp(options: XmppAbsence): void {
    if (this.#isClosed) return;
    const { absence = 0, bridgeAbsence = 0, focusAbsence = focusReconnects, forget = true } = options;
    this.#shut('xmpp', options);
    if (!forget) {
      this.#xmpp.sessions.breakAll();
      this.#timers.xmpp.start(absence, () => this.#open('xmpp'));
      return;
    }
    this.#isUp.xmpp = false;
    this.#isBridgeLinked = false;
    this.#focus = undefined;
    if (options.shutdown) this.#xmpp.close();
    else this.#xmpp.crash();
    const { xmpp, focusLink, bridgeLink } = this.#timers;
    focusLink.stop();
    bridgeLink.stop();
    this.#timers.ghost.stop();
    this.#link = undefined;
    xmpp.start(absence, () => {
      this.#xmpp = createXmppServer(this.#options.xmpp);
      this.#isUp.xmpp = true;
      this.#open('xmpp');
      focusLink.start(focusAbsence, () => this.#startFocus());
      bridgeLink.start(focusAbsence + bridgeAbsence, () => {
        this.#isBridgeLinked = true;
        this.#tellOfBridge();
      });
    });
  }

  restartFocus(options: FocusAbsence): void {
    if (this.#isClosed) return;
    this.#shut('focus', options);
    this.#isUp.focus = false;
    this.#focus?.crash();
    this.#focus = undefined;
    if (options.unnoticed) this.#timers.ghost.start(options.unnoticed, () => this.#closeLink());
    else this.#closeLink();
    this.#timers.focus.start(options.absence ?? 0, () => {
      this.#isUp.focus = true;
      this.#open('focus');
      this.#startFocus();
    });
  }

  restartBridge(options: BridgeAbsence): void {
    if (this.#isClosed) return;
    const { absence = 0, noticed = true } = options;
    this.#shut('bridge', options);
    this.#isUp.bridge = !noticed;
    this.bridge.crash().catch((error: unknown) => {
      this.#options.logger.log('warn', 'the end of the bridge', { error: messageOf(error) });
    });
    this.#tellOfBridge();
    this.#timers.bridge.start(absence, () => {
      this.#isUp.bridge = true;
      this.#open('bridge');
      this.#tellOfBridge();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of Object.values(this.#timers)) timer.stop();
    this.#xmpp.close();
    await this.#focus?.close();
    await this.bridge.close();
  }

  #shut(door: Door, { meanwhile = 'bad-gateway' }: Absence): void {
    this.#options.doors.close(door, meanwhile === 'hang' ? 'hang' : 502);
    if (meanwhile === 'refused') this.#options.setListening(false);
  }

  #open(door: Door): void {
    this.#options.doors.open(door);
    this.#options.setListening(true);
  }

  /** What the server still holds of the focus. */
  #closeLink(): void {
    this.#timers.ghost.stop();
    this.#link?.close().catch(() => {});
    this.#link = undefined;
  }

  get #isBridgeKnown(): boolean {
    return this.#isUp.bridge && this.#isBridgeLinked && this.#isBridgeWanted;
  }

  #tellOfBridge(): void {
    this.#focus?.setBridgeAvailable(this.#isBridgeKnown);
  }

  /** Whoever of the focus and its server is there last calls it. */
  #startFocus(): void {
    const { focusLink } = this.#timers;
    if (this.#focus || !this.#isUp.focus || !this.#isUp.xmpp || focusLink.isRunning) return;
    const { mucDomain, focusJid, router } = this.#xmpp;
    this.#closeLink();
    this.#link = router.attach({ jid: focusJid, aliases: [`focus.${this.#options.xmpp.domain}`] });
    this.#focus = createFocus({
      ...this.#options.focus,
      domain: this.#options.xmpp.domain,
      link: this.#link,
      mucDomain,
      bridge: this.bridge,
      isBridgeAvailable: this.#isBridgeKnown,
    });
  }
}
