/** From the script's `config` to plain data: copied, bounded, with what is not known listed. */
import { type Budget, configError } from './budget.ts';
import type { Config, ConfigJsLimits, ConfigValue, Unresolved } from './config.ts';
import { Pattern } from './patterns.ts';
import { asPrimitive, FunctionValue, NativeFunction, ObjectValue, Unknown, type Value } from './values.ts';

export class ResultBuilder {
  readonly unresolved: Unresolved[] = [];
  readonly #budget: Budget;
  readonly #limits: ConfigJsLimits;
  /** The objects and lists that contain the one at hand. */
  readonly #ancestors = new Set<Value>();

  constructor(budget: Budget, limits: ConfigJsLimits) {
    this.#budget = budget;
    this.#limits = limits;
  }

  object(object: ObjectValue, path: string): Config {
    if (object.incomplete) this.unresolved.push({ path: `${path}.*`, reason: object.incomplete.reason });
    this.#ancestors.add(object);
    const result: Record<string, ConfigValue> = Object.create(null);
    for (const [key, value] of object.entries) {
      const copied = this.#value(value, `${path}.${key}`);
      if (copied !== undefined) result[key] = copied;
    }
    this.#ancestors.delete(object);
    return result;
  }

  #list(list: readonly Value[], path: string): ConfigValue[] {
    this.#ancestors.add(list as Value);
    const result = list.map((item, index) => this.#value(item, `${path}.${index}`) ?? null);
    this.#ancestors.delete(list as Value);
    return result;
  }

  /** undefined for what is left out. */
  #value(read: Value, path: string): ConfigValue | undefined {
    this.#budget.step();
    const value = asPrimitive(read);
    if (value instanceof Unknown) return this.#leaveOut(path, value.reason);
    if (value instanceof FunctionValue || value instanceof NativeFunction)
      return this.#leaveOut(path, 'a function');
    if (value instanceof Pattern) return this.#leaveOut(path, 'a regular expression');
    if (typeof value === 'string') this.#budget.characters(value.length);
    if (value === undefined || value === null || typeof value !== 'object') return value;
    if (this.#ancestors.has(value)) return this.#leaveOut(path, 'refers to an object that contains it');
    if (this.#ancestors.size >= this.#limits.depth) {
      throw configError('config-too-deep', `objects nested deeper than ${this.#limits.depth}`);
    }
    return Array.isArray(value) ? this.#list(value, path) : this.object(value, path);
  }

  #leaveOut(path: string, reason: string): undefined {
    this.#budget.characters(path.length);
    this.unresolved.push({ path, reason });
    return undefined;
  }
}
