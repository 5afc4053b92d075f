/** What decides which actions a run needs, and on what: the sections of bootstrap.yaml, defaults filled in. Pure data. */
export interface Facts {
  readonly command: 'check' | 'init';
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  /** undefined: not known, and then any account's. */
  readonly accountId: string | undefined;
  readonly sections: Sections;
  /** For `--org`: every member is entered, also those of which the config says nothing. */
  readonly organization?: boolean;
}

/** As the steps' schemas parse them. A section that is absent here is not looked at by the run. */
export interface Sections {
  readonly 'billing-access'?: { readonly contact?: object | undefined; readonly 'security-contact'?: object | undefined };
  readonly budget?: { readonly name: string };
  readonly 'admin-user'?: {
    readonly kind: 'iam-user' | 'identity-center';
    readonly name?: string | undefined;
    readonly group: string;
    readonly 'console-password': 'generate' | 'none';
    readonly 'password-policy': false | object;
  };
  readonly mfa?: { readonly admin: 'required' | 'not-required' };
  readonly alias?: object;
  readonly 'access-keys'?: {
    readonly mode: 'none' | 'create';
    readonly user?: string | undefined;
    readonly group?: string | undefined;
    readonly policies: readonly string[];
  };
  readonly organization?: {
    readonly 'central-root': boolean;
    readonly accounts: readonly { readonly ou?: string | undefined; readonly tags?: object | undefined; readonly role: string }[];
  };
}

/** The administrator, who is spoken of by other steps too. It counts when its own step is left out of the run as well. */
export interface Administrator {
  readonly name: string | undefined;
  readonly group: string;
}
