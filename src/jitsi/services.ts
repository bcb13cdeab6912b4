/**
 * What a Jitsi domain says it has (disco#info of the domain, asked or pushed): components by kind. A component's address
 * is in the identity's `name`, its kind in `type` (lib-jitsi-meet `xmpp.ts`, `_processDiscoInfoIdentities`).
 */
import type { DiscoInfo } from '../xmpp/disco.ts';

export interface DomainServices {
  /** Component addresses by kind: `lobbyrooms`, `av_moderation`, `room_metadata`, … */
  components: Readonly<Record<string, string>>;
  features: readonly string[];
  shard?: string;
  region?: string;
  release?: string;
}

export function domainServices(info: DiscoInfo): DomainServices {
  const components: Record<string, string> = Object.create(null) as Record<string, string>;
  const server: Pick<DomainServices, 'shard' | 'region' | 'release'> = {};
  for (const { category, type, name } of info.identities) {
    if (name === undefined) continue;
    if (category === 'component') components[type] = name;
    else if (category === 'server' && (type === 'shard' || type === 'region' || type === 'release'))
      server[type] = name;
  }
  return { components, features: info.features, ...server };
}
