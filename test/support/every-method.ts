/** Every public method of an object, found by reflection, so that a new one cannot be forgotten. */
import { expect } from 'vitest';
import { JitsiError } from '../../src/index.ts';

/** Arguments of each call, by method. An empty list: not for users, or called by the test itself. */
export type Calls = Readonly<Record<string, readonly (readonly unknown[])[]>>;

/** Names of methods and getters, those of its classes included; what is named by a symbol has another name too. */
export function membersOf(object: object): { methods: string[]; getters: string[] } {
  const methods = new Set<string>();
  const getters = new Set<string>();
  for (
    let level: object | null = object;
    level && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const key of Object.getOwnPropertyNames(level)) {
      const { get, value } = Object.getOwnPropertyDescriptor(level, key) ?? {};
      if (get) getters.add(key);
      else if (typeof value === 'function' && key !== 'constructor') methods.add(key);
    }
  }
  return { methods: [...methods], getters: [...getters] };
}

export class EveryMethod {
  /** What is settled when all is over. */
  readonly #open: { name: string; end: Promise<void> }[] = [];
  readonly #problems: string[] = [];

  /** Calls every method as `calls` says, in that order, and reads every getter. */
  call(name: string, object: object, calls: Calls): void {
    const { getters, methods } = membersOf(object);
    expect(methods.toSorted(), `the methods of ${name}, and those that are called`).toEqual(
      Object.keys(calls).toSorted(),
    );
    for (const getter of getters) this.#run(`${name}.${getter}`, () => Reflect.get(object, getter));
    for (const [method, lists] of Object.entries(calls))
      for (const list of lists) this.#run(`${name}.${method}`, () => callMethod(object, method, list));
  }

  /** Waits until everything that was begun has ended, and fails where it ended otherwise than it may. */
  async settle(): Promise<void> {
    const waiting = new Set(this.#open.map(({ name }) => name));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 40_000);
    });
    const all = this.#open.map(async ({ name, end }) => {
      await end;
      waiting.delete(name);
    });
    await Promise.race([Promise.all(all), late]);
    clearTimeout(timer);
    expect([...waiting], 'what waits for ever').toEqual([]);
    expect(this.#problems).toEqual([]);
  }

  #run(name: string, call: () => unknown): void {
    try {
      const result = call();
      if (result instanceof Promise) this.#watch(name, result);
      else if (isIterator(result)) this.#watch(name, drain(result));
    } catch (error) {
      this.#check(name, error);
    }
  }

  #watch(name: string, promise: Promise<unknown>): void {
    const end = promise.catch((error: unknown) => this.#check(name, error)).then(() => undefined);
    this.#open.push({ name, end });
  }

  #check(name: string, error: unknown): void {
    // The reason of a signal is its owner's.
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (!(error instanceof JitsiError)) this.#problems.push(`${name}: ${String(error)}`);
  }
}

function callMethod(object: object, name: string, list: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(object, name) as () => unknown, object, list);
}

function isIterator(value: unknown): value is AsyncIterableIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function drain(values: AsyncIterableIterator<unknown>): Promise<void> {
  for await (const _ of values);
}
