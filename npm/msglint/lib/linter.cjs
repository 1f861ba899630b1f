"use strict";

const { MsglintError, RequestError } = require("./errors.cjs");
const { refuseUnknown } = require("./options.cjs");
const { findProgram } = require("./program.cjs");
const { Server } = require("./server.cjs");

const DEFAULT_TIMEOUT = 5_000;
/** The options of a question, by their names in its line. */
const OF_LINES = { betas: "betas", apiVersion: "api_version", endpoint: "endpoint", platform: "platform" };
/** The options of the process, by those of its command that are given once for each value. */
const OF_PROCESS = { select: "--select", ignore: "--ignore", edition: "--edition" };
const OTHERS = ["config", "command", "cwd", "timeout"];
const KNOWN = [...Object.keys(OF_LINES), ...Object.keys(OF_PROCESS), ...OTHERS];

class Linter {
  #server;
  #said;

  constructor(options) {
    refuseUnknown(options, KNOWN);
    this.timeout = options.timeout ?? DEFAULT_TIMEOUT;
    this.#said = lineOptions(options);
    this.#server = new Server(() => commandOf(options), { cwd: options.cwd, timeout: this.timeout });
  }

  validate(request, options = {}) {
    return this.#report({ request: request === undefined ? null : request }, options);
  }

  validateText(text, options = {}) {
    return this.#report({ text }, options);
  }

  async check(request, options = {}) {
    const report = await this.validate(request, options);
    if (!report.ok) throw new RequestError(report);
  }

  async close() {
    await this.#server.close();
  }

  /** Ask about a call that is about to be sent; for `guard`. */
  judge(call, text) {
    const { betas, api_version } = this.#said;
    return this.#server.ask({ text, call, betas, api_version });
  }

  /** The process, for tests. */
  get _child() {
    return this.#server.child;
  }

  async #report(question, options) {
    refuseUnknown(options, Object.keys(OF_LINES));
    const { ok, violations } = await this.#server.ask({ ...question, ...this.#said, ...lineOptions(options) });
    return { ok, violations };
  }
}

if (Symbol.asyncDispose) Linter.prototype[Symbol.asyncDispose] = Linter.prototype.close;

/** Make a linter; rejects with a TypeError for an option that does not exist. */
async function createLinter(options = {}) {
  return new Linter(options);
}

function lineOptions(options) {
  const given = Object.entries(OF_LINES).filter(([name]) => options[name] !== undefined);
  return Object.fromEntries(given.map(([name, inLine]) => [inLine, options[name]]));
}

function commandOf(options) {
  const command = [options.command ?? findProgram()].flat();
  if (command.length === 0) throw new MsglintError("MSGLINT_MISSING", "the option command is empty");
  const given = Object.entries(OF_PROCESS).flatMap(([name, flag]) =>
    [options[name] ?? []].flat().map((value) => `${flag}=${value}`),
  );
  if (options.config === false) given.push("--isolated");
  else if (options.config !== undefined) given.push(`--config=${options.config}`);
  return [...command, "serve", ...given];
}

module.exports = { Linter, createLinter };
