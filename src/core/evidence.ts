/** One request to AWS that a statement rests on. `requestId` is what AWS support asks for. */
export interface Evidence {
  /** Service and operation as IAM writes them, e.g. `iam:GetAccountSummary`. */
  readonly operation: string;
  readonly requestId?: string;
}
