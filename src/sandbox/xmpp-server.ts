/**
 * The XMPP side of a deployment, without its focus and without sockets: domain, rooms, components, sessions, on one router.
 * Components are announced only when they work; lobby, AV moderation, polls and breakout rooms are not here.
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { RandomBytes } from '../base/random.ts';
import type { DiscoIdentity } from '../xmpp/disco.ts';
import type { ExternalService } from '../xmpp/extdisco.ts';
import { bareJid } from '../xmpp/jid.ts';
import type { XmlElement } from '../xml/element.ts';
import { MucService } from './muc/service.ts';
import { createEndConference } from './services/end-conference.ts';
import { createRoomMetadata } from './services/room-metadata.ts';
import { createSpeakerStats } from './services/speaker-stats.ts';
import type { VirtualHost } from './xmpp/authentication.ts';
import { createDomainService, domainInfo } from './xmpp/domain-service.ts';
import { Router } from './xmpp/router.ts';
import { Sessions } from './xmpp/sessions.ts';

export interface XmppServerOptions {
  domain: string;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  /** STUN and TURN services to tell of. */
  externalServices: readonly ExternalService[];
  /** Passwords of rooms, by name. */
  passwords: ReadonlyMap<string, string>;
  /** Passwords of accounts, by user name. When there are any, guests log in at `guest.DOMAIN`. */
  accounts: ReadonlyMap<string, string>;
  /** When there are any, who logs in needs one of them. */
  tokens: ReadonlySet<string>;
  /** ms that a lost connection can be resumed and its participant stays in the room; 0 for not at all. */
  resumptionTime: number;
}

export interface XmppServer {
  readonly router: Router;
  readonly muc: MucService;
  readonly sessions: Sessions;
  /** `conference.DOMAIN` */
  readonly mucDomain: string;
  /** Where guests log in, if that is not the main domain. */
  readonly guestDomain: string | undefined;
  /** Full JID that the focus is to have. */
  readonly focusJid: string;
  close(): void;
  /** Dies without a word: connections break, sessions and rooms are gone. It cannot be used any more. */
  crash(): void;
}

export function createXmppServer(options: XmppServerOptions): XmppServer {
  const { domain, clock, random, logger, externalServices } = options;
  const router = new Router(domain, logger);
  const at = (name: string): string => `${name}.${domain}`;
  const focusJid = `focus@auth.${domain}/focus`;
  const admins = new Set([bareJid(focusJid)]);
  const send = (stanza: XmlElement): void => router.route(stanza);
  const now = (): number => clock.now();
  const metadata = createRoomMetadata({
    domain: at('metadata'),
    externalServices,
    send,
    muc: () => muc,
    hasRoom: (jid) => router.queryOf(jid).room !== undefined,
  });
  const speakerStats = createSpeakerStats({
    domain: at('speakerstats'),
    send,
    muc: () => muc,
    now,
    isAdmin: (bare) => admins.has(bare),
  });
  const muc: MucService = new MucService({
    domain: at('conference'),
    admins,
    passwords: options.passwords,
    plugins: [metadata.plugin, speakerStats.plugin],
    random,
    now,
    send,
    sendToAll: (stanza, realJids) => router.routeToAll(stanza, realJids),
  });
  const endConference = createEndConference({
    domain: at('endconference'),
    send,
    muc: () => muc,
    queryOf: (jid) => router.queryOf(jid),
  });
  const identities = [
    component('room_metadata', at('metadata')),
    component('speakerstats', at('speakerstats')),
    component('end_conference', at('endconference')),
  ];
  const hosts = virtualHosts(options);
  const domainService = createDomainService({
    domain,
    otherHosts: hosts.map((host) => host.domain).filter((other) => other !== domain),
    identities,
    items: ['conference', 'endconference', 'focus', 'metadata', 'speakerstats'].map(at),
    externalServices,
    route: send,
    unavailable: (stanza) => muc.leaveAll(stanza.attrs.from ?? ''),
  });
  for (const each of [domainService, muc, metadata.component, speakerStats.component, endConference]) {
    router.addComponent(each);
  }
  router.onGone((jid, status) => muc.leaveAll(jid, status));
  const { resumptionTime } = options;
  const info = domainInfo(identities);
  const sessions = new Sessions({ router, hosts, info, clock, random, logger, resumptionTime });
  return {
    router,
    muc,
    sessions,
    mucDomain: at('conference'),
    guestDomain: hosts.find((host) => host.domain !== domain)?.domain,
    focusJid,
    close() {
      sessions.close();
      router.close('the server is shut down');
    },
    crash() {
      sessions.crash();
      router.crash();
      muc.crash();
    },
  };
}

function component(type: string, name: string): DiscoIdentity {
  return { category: 'component', type, name };
}

/** As docker-jitsi-meet sets them up, without and with authentication. */
function virtualHosts({ domain, accounts, tokens }: XmppServerOptions): readonly VirtualHost[] {
  if (accounts.size === 0) return [{ domain, mechanism: 'ANONYMOUS', accounts, tokens }];
  return [
    { domain, mechanism: 'PLAIN', accounts, tokens },
    { domain: `guest.${domain}`, mechanism: 'ANONYMOUS', accounts, tokens },
  ];
}
