import { inspect } from 'node:util';

/**
 * A value that must not be printed: it shows as `[secret]` in strings, JSON and `util.inspect`.
 * `reveal()` is called in `src/secrets/` and by the one function that puts requests on the wire; a test counts the places.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
