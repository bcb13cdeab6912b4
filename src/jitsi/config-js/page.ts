/**
 * What a config.js can see of the page that it runs in: the address (HTML, 7.2.4 "The Location interface"), and a few functions
 * to take addresses apart. Of everything else that a browser has, nothing is known.
 */
import { Pattern } from './patterns.ts';
import { BrowserObject, isPrimitive, NativeFunction, type Scope, unsupported, type Value } from './values.ts';

/** Members of an address that name more than the server: meetings of one tenant differ in them. */
const ofRoom: ReadonlySet<string> = new Set([
  'hash',
  'href',
  'pathname',
  'search',
  'URL',
  'documentURI',
  'baseURI',
  'toString',
]);

/**
 * Declares `location`, `document` and functions.
 * @param page the page's URL; without one nothing is known of it
 * @param onRoom called when the script reads what is not the same for every room
 */
export function declareBrowser(scope: Scope, page: URL | undefined, onRoom: () => void): void {
  if (page !== undefined) declarePage(scope, page, onRoom);
  const text = (convert: (value: string) => Value): NativeFunction =>
    new NativeFunction(([value], budget) => {
      if (typeof value !== 'string') return unsupported;
      budget.characters(value.length * 3);
      try {
        return convert(value);
      } catch {
        return unsupported; // a browser would stop here
      }
    });
  scope.declare('encodeURIComponent', text(encodeURIComponent));
  scope.declare('decodeURIComponent', text(decodeURIComponent));
  scope.declare('encodeURI', text(encodeURI));
  scope.declare('decodeURI', text(decodeURI));
  const primitive = (convert: (value: Value) => Value): NativeFunction =>
    new NativeFunction(([value], budget) => {
      if (typeof value === 'object' && value !== null) return unsupported;
      if (typeof value === 'string') budget.characters(value.length);
      return convert(value);
    });
  scope.declare('Boolean', primitive(Boolean));
  scope.declare('Number', primitive(Number));
  scope.declare('String', primitive(String));
  scope.declare('parseInt', numberReader(Number.parseInt));
  scope.declare('parseFloat', numberReader(Number.parseFloat));
  scope.declare('URL', new NativeFunction(([value, base]) => urlObject(value, base), true));
  scope.declare(
    'RegExp',
    new NativeFunction(([source, flags = '']) => {
      if (source instanceof Pattern && flags === '') return source;
      if (typeof source !== 'string' || typeof flags !== 'string') return unsupported;
      return Pattern.from(source, flags) ?? unsupported;
    }, true),
  );
  scope.declare('URLSearchParams', new NativeFunction(([value = '']) => queryObject(value), true));
}

function numberReader(read: (text: string, radix?: number) => number): NativeFunction {
  return new NativeFunction(([value, radix], budget) => {
    if (!isPrimitive(value) || (radix !== undefined && typeof radix !== 'number')) return unsupported;
    const text = String(value);
    budget.characters(text.length);
    return read(text, radix);
  });
}

function declarePage(scope: Scope, page: URL, onRoom: () => void): void {
  const onRead = (key: string): void => {
    if (ofRoom.has(key)) onRoom();
  };
  const location = new BrowserObject(membersOf(page), { text: page.href, onRead });
  const document = new BrowserObject(
    { location, domain: page.hostname, URL: page.href, documentURI: page.href, baseURI: page.href },
    { onRead },
  );
  scope.fix('location', location);
  scope.fix('document', document);
  scope.fix('origin', page.origin);
}

function membersOf(url: URL): Record<string, Value> {
  const { hash, host, hostname, href, origin, pathname, port, protocol, search } = url;
  const toString = new NativeFunction(() => href);
  return { hash, host, hostname, href, origin, pathname, port, protocol, search, toString };
}

function urlObject(value: Value, base: Value): Value | typeof unsupported {
  if (typeof value !== 'string' || (base !== undefined && typeof base !== 'string')) return unsupported;
  try {
    const url = new URL(value, base);
    return new BrowserObject(
      { ...membersOf(url), searchParams: queryObject(url.search) },
      { text: url.href },
    );
  } catch {
    return unsupported;
  }
}

function queryObject(value: Value): BrowserObject {
  const query = new URLSearchParams(typeof value === 'string' ? value : '');
  const named = (read: (name: string) => Value): NativeFunction =>
    new NativeFunction(([name]) => (typeof name === 'string' ? read(name) : unsupported));
  return new BrowserObject({
    get: named((name) => query.get(name)),
    has: named((name) => query.has(name)),
  });
}
