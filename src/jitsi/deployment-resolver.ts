/**
 * Where a deployment's services are, from its config.js. Implemented after jitsi-meet, `config.js` and
 * `react/features/base/connection/actions.any.ts` (`constructOptions`), and lib-jitsi-meet, `modules/xmpp/xmpp.ts`
 * (`connect`, `getRoomJid`), `moderator.js` (the focus' address) and `XmppConnection.ts` (keep-alive).
 *
 * XMPP domains come from config.js and never from the address that was typed: a docker deployment at
 * `https://meet.example.com` is `meet.jitsi` inside. Only what config.js does not say is guessed, after the names of a
 * Debian installation, with a warning.
 *
 * Tenants: config.js is fetched inside the tenant's path, and a server with tenants has them in what it answers. So what
 * it says is taken as it is: with a `hosts.muc` that has no tenant in it, browsers join the room without tenant, and we
 * have to meet them there. The tenant is put into guesses only.
 */
import { ConnectionError, UsageError } from '../base/errors.ts';
import type { Config, Unresolved } from './config-js/config.ts';
import { ConfigReader, normalJid } from './config-reader.ts';
import type { Deployment, DeploymentOrigin, DeploymentOverrides } from './deployment-model.ts';
import type { MeetingAddress } from './meeting-address.ts';
import { tenantLabel } from './room-name.ts';
import {
  boshToWebsocket,
  isTls,
  namesWebsocket,
  pageUrl,
  resolveHttpUrl,
  resolveWebsocketUrl,
} from './service-urls.ts';

export interface ResolveDeploymentOptions {
  overrides?: DeploymentOverrides;
  /** JWT; the address's own counts too */
  token?: string;
  /** True when logging in with user name and password. */
  login?: boolean;
  /** The domain of the account, where the user name says it: `user@domain`. */
  accountDomain?: string;
  /** What `evaluateConfigJs` could not evaluate, for better warnings. */
  unresolved?: readonly Unresolved[];
}

/**
 * @param config undefined when there is none: everything is guessed
 * @throws UsageError `override-invalid`; ConnectionError `insecure-websocket` when an https page names a ws:// URL
 */
export function resolveDeployment(
  address: MeetingAddress,
  config: Config | undefined,
  options: ResolveDeploymentOptions = {},
): Deployment {
  return new Resolver(address, config, options).resolve();
}

interface Found {
  value: string;
  origin: DeploymentOrigin;
}

/** A guessed value and what would replace it. */
interface Guess {
  key: string;
  value: string;
  override: keyof DeploymentOverrides;
}

class Resolver {
  readonly #address: MeetingAddress;
  readonly #hasConfig: boolean;
  readonly #overrides: DeploymentOverrides;
  readonly #isGuest: boolean;
  readonly #login: boolean;
  readonly #accountDomain: string | undefined;
  readonly #reader: ConfigReader;
  readonly #guesses: Guess[] = [];
  readonly #warnings: string[] = [];

  constructor(address: MeetingAddress, config: Config | undefined, options: ResolveDeploymentOptions) {
    this.#address = address;
    this.#hasConfig = config !== undefined;
    this.#overrides = options.overrides ?? {};
    this.#login = options.login === true;
    this.#accountDomain = options.accountDomain;
    this.#isGuest = (options.token ?? address.token) === undefined && options.login !== true;
    this.#reader = new ConfigReader(config, options.unresolved ?? []);
  }

  resolve(): Deployment {
    const reader = this.#reader;
    const domain = this.#jid('xmppDomain', 'hosts.domain') ?? this.#guessedDomain();
    const guest = this.#reader.jid('hosts.anonymousdomain');
    const streamDomain = this.#streamDomain(domain, guest);
    const muc = this.#jid('muc', 'hosts.muc') ?? this.#guessedMuc(domain);
    const focus = this.#jid('focus', 'hosts.focus') ?? this.#derivedFocus(domain);
    const websocket = this.#websocket();
    const bosh = this.#bosh();
    const keepAlive = this.#keepAlive(websocket);
    const conferenceRequest = this.#conferenceRequest();
    const focusUserJid = reader.jid('focusUserJid');
    const hiddenDomain = reader.jid('hiddenDomain');
    const ignoreDomain = reader.text('bridgeChannel.ignoreDomain')?.toLowerCase();
    const startAudioMuted = reader.number('startAudioMuted', isCount, 'a count');
    const startVideoMuted = reader.number('startVideoMuted', isCount, 'a count');
    const keepAliveInterval =
      reader.number('websocketKeepAlive', isIntervalOrOff, 'milliseconds or -1') ?? 60_000;
    return {
      domain: domain.value,
      streamDomain: streamDomain.value,
      ...(guest !== undefined && { guestDomain: guest }),
      muc: muc.value,
      focus: focus.value,
      websocketUrl: websocket.value,
      ...(bosh && { boshUrl: bosh.value }),
      keepAliveUrl: keepAlive.value,
      keepAliveInterval,
      ...(conferenceRequest && { conferenceRequestUrl: conferenceRequest.value }),
      ...(focusUserJid !== undefined && { focusUserJid }),
      ...(hiddenDomain !== undefined && { hiddenDomain }),
      bridgeChannel: {
        preferSctp: reader.boolean('bridgeChannel.preferSctp') ?? false,
        ...(ignoreDomain !== undefined && { ignoreDomain }),
      },
      resume: reader.boolean('enableWebsocketResume') ?? true,
      ping: {
        interval: reader.number('xmppPing.interval', isInterval, 'milliseconds') ?? 10_000,
        timeout: reader.number('xmppPing.timeout', isInterval, 'milliseconds') ?? 5_000,
        threshold:
          reader.number('xmppPing.threshold', (value) => isCount(value) && value > 0, 'a count') ?? 2,
      },
      ...(startAudioMuted !== undefined && { startAudioMuted }),
      ...(startVideoMuted !== undefined && { startVideoMuted }),
      origin: {
        domain: domain.origin,
        streamDomain: streamDomain.origin,
        muc: muc.origin,
        focus: focus.origin,
        websocketUrl: websocket.origin,
        ...(bosh && { boshUrl: bosh.origin }),
        keepAliveUrl: keepAlive.origin,
        ...(conferenceRequest && { conferenceRequestUrl: conferenceRequest.origin }),
      },
      // Two settings may be read from one key.
      warnings: [...new Set([...this.#guessWarnings(), ...this.#warnings, ...reader.warnings])],
    };
  }

  /** From the override or config.js. */
  #jid(override: 'xmppDomain' | 'muc' | 'focus', key: string): Found | undefined {
    const given = this.#overrides[override];
    if (given !== undefined) {
      const value = normalJid(given.trim());
      if (value === undefined)
        throw invalidOverride(override, given, 'an XMPP domain such as meet.example.com');
      return { value, origin: 'option' };
    }
    const value = this.#reader.jid(key);
    return value === undefined ? undefined : { value, origin: 'config.js' };
  }

  #guessedDomain(): Found {
    const value = new URL(this.#address.origin).hostname;
    return this.#guess({ key: 'hosts.domain', value, override: 'xmppDomain' });
  }

  /** As jitsi-meet completes a user name (`toJid`, authdomain before domain), and lib-jitsi-meet connects (`xmpp.ts`). */
  #streamDomain(domain: Found, guest: string | undefined): Found {
    if (this.#accountDomain !== undefined) return { value: this.#accountDomain, origin: 'option' };
    // Whoever names the domain means the one to connect to.
    if (domain.origin === 'option') return domain;
    if (this.#login) {
      const value = this.#reader.jid('hosts.authdomain');
      if (value === undefined)
        this.#warnIfUnknown(
          'hosts.authdomain',
          `logging in at ${domain.value}. If that is wrong, give the user name as user@domain`,
        );
      return value === undefined ? domain : { value, origin: 'config.js' };
    }
    if (!this.#isGuest) return domain;
    if (guest === undefined)
      this.#warnIfUnknown(
        'hosts.anonymousdomain',
        `logging in at ${domain.value}. If that is wrong, give ${named('xmppDomain')}`,
      );
    return guest === undefined ? domain : { value: guest, origin: 'config.js' };
  }

  #guessedMuc(domain: Found): Found {
    const tenant = this.#address.tenant === '' ? '' : `${tenantLabel(this.#address.tenant)}.`;
    return this.#guess({ key: 'hosts.muc', value: `conference.${tenant}${domain.value}`, override: 'muc' });
  }

  #derivedFocus(domain: Found): Found {
    const value = `focus.${domain.value}`;
    if (domain.origin === 'guess' || this.#reader.whyMissing('hosts.focus') !== '') {
      return this.#guess({ key: 'hosts.focus', value, override: 'focus' });
    }
    return { value, origin: 'derived' };
  }

  #websocket(): Found {
    const page = pageUrl(this.#address);
    const given = this.#overrides.websocket;
    if (given !== undefined) {
      const value = resolveWebsocketUrl(given.trim(), page);
      if (value === undefined)
        throw invalidOverride('websocket', given, 'a URL such as wss://meet.example.com/xmpp-websocket');
      return { value, origin: 'option' };
    }
    const websocket = this.#url('websocket', resolveWebsocketUrl);
    if (websocket !== undefined) return { value: this.#secured(websocket, 'websocket'), origin: 'config.js' };
    if (this.#boshIsWebsocket) {
      const value = this.#url('bosh', resolveWebsocketUrl);
      if (value !== undefined) return { value: this.#secured(value, 'bosh'), origin: 'config.js' };
    } else {
      const bosh = this.#url('bosh', resolveHttpUrl);
      if (bosh !== undefined) {
        const value = this.#secured(boshToWebsocket(bosh), 'bosh');
        this.#warnings.push(
          `config.js names no websocket${this.#reader.whyMissing('websocket')}, only BOSH; trying ${value} beside it. If that is wrong, give --websocket (option websocket).`,
        );
        return { value, origin: 'derived' };
      }
    }
    const value = resolveWebsocketUrl('xmpp-websocket', page) ?? page;
    return this.#guess({ key: 'websocket', value, override: 'websocket' });
  }

  get #boshIsWebsocket(): boolean {
    return namesWebsocket(this.#reader.text('bosh') ?? '');
  }

  #bosh(): Found | undefined {
    if (!this.#hasConfig) {
      const value = resolveHttpUrl('http-bind', pageUrl(this.#address));
      return value === undefined ? undefined : { value, origin: 'guess' };
    }
    const value = this.#boshIsWebsocket ? undefined : this.#secureUrl('bosh');
    return value === undefined ? undefined : { value, origin: 'config.js' };
  }

  #secured(url: string, key: string): string {
    if (isTls(url) || !isTls(this.#address.origin)) return url;
    throw new ConnectionError(
      `config.js of ${this.#address.origin} sets ${key} so that the XMPP WebSocket would be ${url}, without TLS, and browsers refuse that on an https page; the deployment has to be corrected, or give --websocket (option websocket) to connect there all the same`,
      { code: 'insecure-websocket' },
    );
  }

  #keepAlive(websocket: Found): Found {
    const value = this.#secureUrl('websocketKeepAliveUrl');
    if (value !== undefined) return { value, origin: 'config.js' };
    this.#warnIfUnknown('websocketKeepAliveUrl', 'keep-alives go to the WebSocket’s address');
    return { value: websocket.value.replace(/^ws/, 'http'), origin: 'derived' };
  }

  #conferenceRequest(): Found | undefined {
    const given = this.#overrides.conferenceRequestUrl;
    if (given !== undefined) {
      const value = resolveHttpUrl(given.trim(), pageUrl(this.#address));
      if (value === undefined) throw invalidOverride('conferenceRequestUrl', given, 'an http or https URL');
      return { value, origin: 'option' };
    }
    const value = this.#secureUrl('conferenceRequestUrl');
    if (value === undefined)
      this.#warnIfUnknown(
        'conferenceRequestUrl',
        `the conference is requested over XMPP. If that is wrong, give ${named('conferenceRequestUrl')}`,
      );
    return value === undefined ? undefined : { value, origin: 'config.js' };
  }

  /** An http(s) URL of config.js; ignored when it has no TLS and the page has: requests there can carry the token. */
  #secureUrl(key: string): string | undefined {
    const url = this.#url(key, resolveHttpUrl);
    if (url === undefined || isTls(url) || !isTls(this.#address.origin)) return url;
    this.#warnings.push(
      `config.js sets ${key} to ${url}, without TLS although the page has it; it is ignored.`,
    );
    return undefined;
  }

  #url(key: string, resolve: (text: string, page: string) => string | undefined): string | undefined {
    const text = this.#reader.text(key);
    if (text === undefined) return undefined;
    const url = resolve(text, pageUrl(this.#address));
    if (url === undefined)
      this.#warnings.push(
        `config.js sets ${key} to ${JSON.stringify(text.slice(0, 200))}, which is no usable URL; it is ignored.`,
      );
    return url;
  }

  /** For settings that most files do without. */
  #warnIfUnknown(key: string, instead: string): void {
    const why = this.#reader.whyMissing(key);
    if (why !== '') this.#warnings.push(`config.js has no ${key}${why}; ${instead}.`);
  }

  #guess(guess: Guess): Found {
    this.#guesses.push(guess);
    return { value: guess.value, origin: 'guess' };
  }

  #guessWarnings(): string[] {
    if (this.#guesses.length === 0) return [];
    if (this.#hasConfig) {
      return this.#guesses.map(
        ({ key, value, override }) =>
          `config.js has no ${key}${this.#reader.whyMissing(key)}; guessing ${value}. If that is wrong, give ${named(override)}.`,
      );
    }
    const guessed = this.#guesses.map(({ key, value }) => `${key} ${value}`).join(', ');
    const overrides = this.#guesses.map(({ override }) => named(override)).join(', ');
    return [
      `There is no config.js of ${this.#address.origin} to go by; guessing the names of a Debian installation: ${guessed}. If joining fails, give the right ones with ${overrides}.`,
    ];
  }
}

function named(override: keyof DeploymentOverrides): string {
  return `--${override.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} (option ${override})`;
}

function invalidOverride(override: keyof DeploymentOverrides, value: string, expected: string): UsageError {
  return new UsageError(
    `${named(override)} is ${JSON.stringify(value.split('?', 1)[0]?.slice(0, 200))}: expected ${expected}`,
    {
      code: 'override-invalid',
    },
  );
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

/** A bound against files that would make a client flood its own server. */
function isInterval(value: number): boolean {
  return value >= 100 && Number.isFinite(value);
}

function isIntervalOrOff(value: number): boolean {
  return value === -1 || isInterval(value);
}
