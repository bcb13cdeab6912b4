/** The other side of a session as the focus tells of it: everybody's sources, and the bridge's transport. */
import { ProtocolError } from '../base/errors.ts';
import { transportOf } from './jingle.ts';
import type { Fingerprint, IceTransport, JingleMessage, SourceSet } from './model.ts';
import type { SessionEvent } from './session-io.ts';
import { SourceMap } from './source-map.ts';

/** Of the bridge: it has one for each of its addresses. */
const mostCandidates = 256;
/** SSRCs that a warning names. */
const mostNamed = 20;

export class RemoteSide {
  readonly sources: SourceMap = new SourceMap();
  #transport: IceTransport | undefined;
  #hasRefused = false;

  constructor(offer: JingleMessage) {
    this.sources.add(offer.sources);
    this.#transport = transportOf(offer);
  }

  get transport(): IceTransport | undefined {
    return this.#transport;
  }

  addSources(sources: SourceSet): SessionEvent[] {
    const { added, duplicates, refused } = this.sources.add(sources);
    const events: SessionEvent[] = isEmpty(added) ? [] : [{ type: 'sources-added', added }];
    if (duplicates.length > 0)
      events.push(oddSources('source-known', 'added sources that were there', duplicates));
    if (refused > 0 && !this.#hasRefused) {
      this.#hasRefused = true;
      events.push({ type: 'warning', error: tooManySources(this.sources.size) });
    }
    return events;
  }

  removeSources(sources: SourceSet): SessionEvent[] {
    const { removed, unknown } = this.sources.remove(sources);
    const events: SessionEvent[] = isEmpty(removed) ? [] : [{ type: 'sources-removed', removed }];
    if (unknown.length === 0) return events;
    return [...events, oddSources('source-unknown', 'removed sources that were not there', unknown)];
  }

  /**
   * Another certificate within a session: the key of DTLS is the one that was offered, whatever candidates and credentials become. A
   * fingerprint of another hash function cannot be compared, and counts as another.
   */
  contradicts(update: IceTransport): boolean {
    const known = new Set(this.#transport?.fingerprints.map(textOf));
    if (known.size === 0 || update.fingerprints.length === 0) return false;
    return !update.fingerprints.some((fingerprint) => known.has(textOf(fingerprint)));
  }

  /** Nothing happens when it says what is known, or was overtaken by newer credentials. */
  updateTransport(update: IceTransport): SessionEvent[] {
    const { iceGeneration } = update;
    const current = this.#transport;
    if (!current) this.#transport = update;
    else if (iceGeneration === undefined) this.#transport = withCandidates(current, update);
    else if (iceGeneration > (current.iceGeneration ?? 0))
      this.#transport = withNewCredentials(current, update);
    if (!this.#transport || this.#transport === current) return [];
    const iceRestart = iceGeneration !== undefined;
    return [{ type: 'transport-changed', transport: this.#transport, iceRestart }];
  }
}

/** Trickled candidates; the credentials of a session change only with a generation. */
function withCandidates(current: IceTransport, update: IceTransport): IceTransport {
  if (current.candidates.length >= mostCandidates) return current;
  const known = new Set(current.candidates.map(keyOf));
  const fresh = update.candidates.filter((candidate) => !known.has(keyOf(candidate)));
  if (fresh.length === 0) return current;
  return { ...current, candidates: [...current.candidates, ...fresh].slice(0, mostCandidates) };
}

/** An ICE restart in place: credentials and candidates are new, DTLS and the channels go on. */
function withNewCredentials(current: IceTransport, update: IceTransport): IceTransport {
  const { ufrag, pwd, iceGeneration, candidates, webSocketUrls } = { ...current, ...update };
  const urls = webSocketUrls.length > 0 ? webSocketUrls : current.webSocketUrls;
  return {
    ...current,
    ...(ufrag === undefined ? {} : { ufrag }),
    ...(pwd === undefined ? {} : { pwd }),
    ...(iceGeneration === undefined ? {} : { iceGeneration }),
    candidates: candidates.slice(0, mostCandidates),
    webSocketUrls: urls,
  };
}

function textOf({ hash, value }: Fingerprint): string {
  return `${hash} ${value.trim()}`.toLowerCase();
}

function keyOf({
  foundation,
  component,
  protocol,
  ip,
  port,
  type,
}: IceTransport['candidates'][number]): string {
  return [foundation, component, protocol, ip, port, type].join(' ');
}

function isEmpty({ sources, groups }: SourceSet): boolean {
  return sources.length + groups.length === 0;
}

function oddSources(code: string, what: string, sources: readonly { ssrc: number }[]): SessionEvent {
  const named = sources.slice(0, mostNamed).map(({ ssrc }) => ssrc);
  const more = sources.length > named.length ? ` and ${sources.length - named.length} more` : '';
  const ssrcs = `${named.join(', ')}${more}`;
  const message = `the focus ${what}: SSRC ${ssrcs}; they were left as they are`;
  return { type: 'warning', error: new ProtocolError(message, { code }) };
}

function tooManySources(kept: number): ProtocolError {
  const message = `the focus announced more sources than are kept in a session; beyond ${kept} they are left out`;
  return new ProtocolError(message, { code: 'sources-too-many' });
}
