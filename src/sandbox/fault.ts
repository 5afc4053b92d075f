/** An error as AWS would return it. `code` is the wire code (IAM: `NoSuchEntity`; JSON services: the shape's name). */
export class Fault extends Error {
  readonly code: string;
  readonly status: number;
  /** Other members of the error's shape, e.g. `{Reason: 'ACCOUNT_NUMBER_LIMIT_EXCEEDED'}`. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, status: number, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
