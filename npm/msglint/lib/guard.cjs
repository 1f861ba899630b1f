"use strict";

const { MsglintError, RequestError } = require("./errors.cjs");
const { refuseUnknown } = require("./options.cjs");

const MODES = ["refuse", "raise", "warn", "log", "off"];
const SEVERITIES = ["error", "warning", "info"];
const KNOWN = ["mode", "failOn", "timeout", "fetch", "onFault", "onReport", "logger"];
/** The headers that decide how a body is judged. No other leaves this module: keys are among them. */
const HEADERS = ["anthropic-version", "anthropic-beta", "content-type", "x-stainless-retry-count"];
const ENCODING = "content-encoding";

/** Return `fetch` and `middleware` that check calls of the Messages API before they are sent. */
function guard(linter, options = {}) {
  if (typeof linter?.judge !== "function") {
    throw new TypeError("guard takes a linter, which `await createLinter()` returns");
  }
  refuseUnknown(options, KNOWN);
  const { mode, failOn } = options;
  if (mode !== undefined && !MODES.includes(mode)) {
    throw new TypeError(`there is no mode ${JSON.stringify(mode)}; there are ${MODES.join(", ")}`);
  }
  if (failOn !== undefined && !SEVERITIES.includes(failOn)) {
    throw new TypeError(`there is no severity ${JSON.stringify(failOn)}; there are ${SEVERITIES.join(", ")}`);
  }
  const timeout = options.timeout ?? linter.timeout;
  const policy = { ...(mode && { mode }), ...(failOn && { fail_on: failOn }) };
  const logger = options.logger ?? console;
  let hasFailed = false;

  /** Report the first fault of the check, without anything of a request: each call goes on unchecked. */
  function reportFault(error) {
    if (hasFailed) return;
    hasFailed = true;
    const isOurs = error instanceof MsglintError && error.code !== "MSGLINT_ANSWER";
    const why = isOurs ? error.message : (error?.code ?? error?.name ?? "unknown");
    try {
      if (options.onFault) options.onFault(isOurs ? error : new MsglintError("MSGLINT_FAILED", String(why)));
      else {
        logger.warn(`msglint could not check a request (${why}); requests are sent unchecked, and this is said once`);
      }
    } catch {
      // A broken logger must not break a call.
    }
  }

  /** Return the answer to a call, or null; never rejects. */
  async function judged(url, method, headers, body) {
    if (mode === "off" || (method ?? "GET").toUpperCase() !== "POST") return null;
    try {
      const sent = new Headers(headers);
      const text = sent.has(ENCODING) ? null : textOf(body);
      if (text === null) return null;
      const known = HEADERS.filter((name) => sent.has(name)).map((name) => [name, sent.get(name)]);
      const call = { url: String(url), headers: Object.fromEntries(known), ...policy };
      const answer = await within(timeout, linter.judge(call, text));
      options.onReport?.({ ok: answer.ok, violations: answer.violations });
      return answer;
    } catch (error) {
      reportFault(error);
      return null;
    }
  }

  /** Return the response in place of the API's, or null to send the call. */
  async function refusal(url, method, headers, body) {
    const answer = await judged(url, method, headers, body);
    if (answer === null) return null;
    if (answer.refusal) {
      return new Response(answer.refusal.body, { status: answer.refusal.status, headers: answer.refusal.headers });
    }
    if (answer.said === undefined) return null;
    if (answer.mode === "raise") {
      throw new RequestError({ ok: answer.ok, violations: answer.violations }, answer.said);
    }
    try {
      if (answer.mode === "warn") process.emitWarning(answer.said, "MsglintWarning");
      else logger.warn(`msglint: ${answer.said}`);
    } catch (error) {
      reportFault(error);
    }
    return null;
  }

  return {
    async fetch(input, init) {
      const send = options.fetch ?? globalThis.fetch;
      const isRequest = typeof Request !== "undefined" && input instanceof Request;
      const request = isRequest ? input : { url: input };
      const method = init?.method ?? request.method;
      let body = init?.body;
      if (body === undefined && isRequest && method === "POST") body = await input.clone().text().catch(() => undefined);
      return (await refusal(request.url, method, init?.headers ?? request.headers, body)) ?? send(input, init);
    },
    async middleware(request, next) {
      return (await refusal(request.url, request.method, request.headers, request.body)) ?? next(request);
    },
  };
}

/** Return the text of a body; null for a stream, a form or a file, which are no requests of the Messages API. */
function textOf(body) {
  if (typeof body === "string") return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  }
  return null;
}

async function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    const why = `no answer came within ${milliseconds} ms`;
    timer = setTimeout(() => reject(new MsglintError("MSGLINT_TIMEOUT", why)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

module.exports = { guard };
