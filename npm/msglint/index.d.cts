/** The endpoint that a request is for; `auto` tells batches from single requests. */
export type Endpoint = "messages" | "count_tokens" | "batches" | "auto";
export type Severity = "error" | "warning" | "info";
/** What is done about a call with violations: see `guard`. */
export type Mode = "refuse" | "raise" | "warn" | "log" | "off";

/** A place in a text; all null for a request that was given as an object. */
export interface Place {
  /** Counts from 1, as do the others; columns are in characters. */
  readonly line: number | null;
  readonly column: number | null;
  readonly end_line: number | null;
  readonly end_column: number | null;
}

/** Another place that matters to a violation. */
export interface Related extends Place {
  readonly pointer: string;
  readonly message: string;
}

/** One mistake, with the fields of `msglint check --format json`. */
export interface Violation extends Place {
  readonly path: null;
  /** A JSON Pointer (RFC 6901) from the root of the request. */
  readonly pointer: string;
  /** The id of the rule; ids are stable. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** What to do about it. */
  readonly help: string | null;
  /** What the API itself answers, where its wording is known. */
  readonly api_message: string | null;
  readonly related: readonly Related[];
  readonly fix: { readonly title: string; readonly applicability: "safe" | "unsafe" } | null;
}

export interface Report {
  /** Whether there is no violation with the severity `error`. */
  readonly ok: boolean;
  readonly violations: readonly Violation[];
}

/** How one request is judged. */
export interface RequestOptions {
  /** The default is `auto`. */
  endpoint?: Endpoint;
  /** The beta headers that go with the request; leave it out where they are not known. */
  betas?: readonly string[];
  /** The header `anthropic-version`; the default is `2023-06-01`. */
  apiVersion?: string;
  platform?: string;
}

export interface LinterOptions extends RequestOptions {
  /** Rules and areas to check; the default is all. */
  select?: readonly string[];
  /** Rules and areas to skip. */
  ignore?: readonly string[];
  /** The edition of the API's reference; the default is the newest. */
  edition?: string;
  /** The path of a configuration, or false for none; the default is the one closest to `cwd`. */
  config?: string | false;
  /** The folder of the process; the default is that of this program. */
  cwd?: string;
  /** The program, in place of the one of the package for this system. */
  command?: string | readonly string[];
  /** Milliseconds that an answer may take; the default is 5,000. */
  timeout?: number;
}

/** Checks requests in a process of its own, which starts with the first one and ends with the program. */
export interface Linter {
  /** The milliseconds that an answer may take. */
  readonly timeout: number;
  /** Check a request; rejects with a MsglintError if it could not be checked. */
  validate(request: unknown, options?: RequestOptions): Promise<Report>;
  /** Check a request as JSON text: its violations have lines and columns. */
  validateText(text: string, options?: RequestOptions): Promise<Report>;
  /** Check a request, and throw a RequestError for one that the API would refuse. */
  check(request: unknown, options?: RequestOptions): Promise<void>;
  /** End the process. */
  close(): Promise<void>;
}

/** `await using` takes a linter where the language has it. */
export type DisposableLinter = Linter &
  (typeof Symbol extends { readonly asyncDispose: infer S extends symbol } ? { [K in S]: () => PromiseLike<void> } : {});

/** Why a request could not be checked. */
export class MsglintError extends Error {
  readonly name: "MsglintError";
  readonly code: "MSGLINT_MISSING" | "MSGLINT_FAILED" | "MSGLINT_TIMEOUT" | "MSGLINT_ANSWER" | "MSGLINT_CLOSED";
  private constructor();
}

/** Thrown for a request that the API would refuse. */
export class RequestError extends Error {
  readonly name: "RequestError";
  readonly report: Report;
  private constructor();
}

type Fetch = typeof globalThis extends { fetch: infer F } ? F : (input: any, init?: any) => Promise<any>;

export interface GuardOptions {
  /**
   * `refuse` answers a call with violations as the API does, with a 400; `raise` throws a RequestError; `warn` emits a
   * warning of the process and `log` a line of the logger, and both send it; `off` checks nothing. The default is
   * `refuse`, or what the configuration says.
   */
  mode?: Mode;
  /** The mildest severity that counts as a violation; the default is `error`. */
  failOn?: Severity;
  /** Milliseconds after which a call is sent unchecked; the default is the linter's. */
  timeout?: number;
  /** The function that sends; the default is the global `fetch`. */
  fetch?: Fetch;
  /** Called once, when a request could not be checked; the default is a line of the logger. */
  onFault?: (error: MsglintError) => void;
  /** Called with the report of every call that was checked. */
  onReport?: (report: Report) => void;
  /** The default is `console`. */
  logger?: { warn(message: string): void };
}

/** A call, as the middleware of the official SDK gets it. */
export interface GuardedRequest {
  url: string;
  method?: string | undefined;
  headers?: any;
  body?: any;
}

export interface Guard {
  /** For `new Anthropic({ fetch })`, `createAnthropic({ fetch })`, and whatever else takes a `fetch`. */
  fetch: Fetch;
  /** For `new Anthropic({ middleware: [middleware] })` of the official SDK. */
  middleware: <R extends GuardedRequest, A>(request: R, next: (request: R) => Promise<A>) => Promise<A>;
}

/** Make a linter; rejects with a TypeError for an option that does not exist. */
export function createLinter(options?: LinterOptions): Promise<DisposableLinter>;

/** Check each call of the Messages API before it is sent; a fault of the check lets the call through. */
export function guard(linter: Linter, options?: GuardOptions): Guard;
