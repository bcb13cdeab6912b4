/**
 * Whose pages may use the deployment. A page anywhere on the web can open WebSockets to this machine (RFC 6455, 10.2), so only pages of
 * the deployment's own origin may, and those it is told of. Programs that are no browser send no Origin, or what they like.
 */
import { UsageError } from '../../base/errors.ts';

export class Origins {
  readonly #port: number;
  readonly #url: string;
  readonly #told: ReadonlySet<string>;

  /** @param url of the deployment @param told origins, as {@link parseOrigin} gives them; `*` for all */
  constructor(url: string, told: readonly string[]) {
    this.#url = new URL(url).origin;
    this.#port = Number(url.slice(url.lastIndexOf(':') + 1));
    this.#told = new Set(told);
  }

  /** @param origin header of a request @param seen `http://HOST:PORT` under which that request found us */
  allows(origin: string | undefined, seen: string): boolean {
    if (origin === undefined || this.#told.has('*')) return true;
    const asked = normalised(origin);
    if (asked === undefined) return false;
    return this.#own(seen).includes(asked) || this.#told.has(asked);
  }

  /** Where we are, and the names of this machine that nobody else can have. */
  #own(seen: string): readonly (string | undefined)[] {
    const scheme = new URL(this.#url).protocol;
    const local = ['localhost', '127.0.0.1', '[::1]'].map((host) =>
      normalised(`${scheme}//${host}:${this.#port}`),
    );
    return [this.#url, normalised(seen), ...local];
  }
}

/**
 * An origin as browsers write it: scheme, host, port unless it is the scheme's own; `*` for all, `null` for pages that have none.
 * @throws UsageError `origin-invalid`
 */
export function parseOrigin(text: string): string {
  if (text === '*') return text;
  const origin = normalised(text);
  if (origin !== undefined) return origin;
  throw new UsageError(
    `${JSON.stringify(text)} is no origin: write scheme, host and port of a page's address and nothing else, as in http://localhost:5173`,
    { code: 'origin-invalid' },
  );
}

function normalised(text: string): string | undefined {
  if (text === 'null') return text;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, search, hash, username, password } = new URL(text);
  const isMore = pathname !== '/' || search !== '' || hash !== '' || username !== '' || password !== '';
  return isMore ? undefined : origin;
}
