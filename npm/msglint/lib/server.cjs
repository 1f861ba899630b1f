"use strict";

const { spawn } = require("node:child_process");
const { MsglintError } = require("./errors.cjs");
const { whyUnstartable } = require("./program.cjs");

/** The most questions that are written before an answer to the first has come; the others wait here. */
const MOST_SENT = 64;
const MOST_TRIES = 2;
/** The most processes in a row that end without an answer before no more are started for a while. */
const MOST_DEATHS = 3;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const LONGEST_COMPLAINT = 1_000;
/** How long a process that is no longer needed may take to end by itself. */
const LONGEST_FAREWELL = 2_000;

/**
 * A process of `msglint serve`, which is asked in lines of JSON.
 *
 * It is started for the first question, and again when it has ended. It keeps the program alive only while a question is
 * open, and ends with the program, because its input ends then.
 */
class Server {
  #command;
  #options;
  #child = null;
  /** Questions that are not written yet, and those that wait for their answer, by their number and in their order. */
  #queue = new Map();
  #sent = new Map();
  #number = 0;
  #isFull = false;
  #hasAnswered = false;
  #text = "";
  #complaint = "";
  #watch = null;
  #isClosed = false;
  #deaths = 0;
  #pause = 0;
  #pausedUntil = 0;
  #failure = null;

  /** Take a function that returns the command as a list, and `cwd` and `timeout`. */
  constructor(command, options) {
    this.#command = command;
    this.#options = options;
  }

  /** Return the process, for tests; null where there is none. */
  get child() {
    return this.#child;
  }

  /** Ask a question, and return its answer; rejects with a MsglintError if there is none. */
  ask(question) {
    if (this.#isClosed) return Promise.reject(new MsglintError("MSGLINT_CLOSED", "the linter is closed"));
    if (Date.now() < this.#pausedUntil) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const id = ++this.#number;
      // Written out now: the caller may change the request before it is sent.
      const line = `${JSON.stringify({ id, ...question })}\n`;
      this.#queue.set(id, { id, line, resolve, reject, tries: 0 });
      this.#send();
    });
  }

  /** End the process; open questions are rejected. */
  async close() {
    this.#isClosed = true;
    this.#rejectAll(new MsglintError("MSGLINT_CLOSED", "the linter was closed before the answer came"));
    const child = this.#child;
    if (child === null) return;
    this.#keepAlive(true);
    await new Promise((resolve) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_FAREWELL);
      child.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      child.stdin.end();
    });
  }

  #send() {
    if (this.#child === null) this.#start();
    const child = this.#child;
    if (child === null) return;
    for (const [id, question] of this.#queue) {
      if (this.#sent.size >= MOST_SENT || this.#isFull) break;
      this.#queue.delete(id);
      this.#sent.set(id, question);
      this.#isFull = !child.stdin.write(question.line);
    }
    this.#settle();
  }

  #start() {
    let program;
    let child;
    try {
      const [first, ...rest] = this.#command();
      program = first;
      const { cwd } = this.#options;
      child = spawn(first, rest, { cwd, stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
    } catch (error) {
      this.#fail(error instanceof MsglintError ? error : unstartable(whyUnstartable(program, error, this.#options.cwd)));
      return;
    }
    this.#child = child;
    this.#isFull = false;
    this.#text = this.#complaint = "";
    child.stdin.on("error", () => {}); // it has ended, which is told by "close"
    child.stdin.on("drain", () => {
      this.#isFull = false;
      if (child === this.#child) this.#send();
    });
    child.stdout.setEncoding("utf8").on("data", (chunk) => child === this.#child && this.#read(chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      this.#complaint = (this.#complaint + chunk).slice(-LONGEST_COMPLAINT);
    });
    child.once("error", (error) => this.#ended(child, whyUnstartable(program, error, this.#options.cwd)));
    child.once("close", (code, signal) => {
      const said = this.#complaint.trim();
      this.#ended(child, `\`msglint serve\` ended with ${signal ?? code}${said && `: ${said}`}`);
    });
  }

  #read(chunk) {
    const lines = (this.#text + chunk).split("\n");
    this.#text = lines.pop();
    for (const line of lines) this.#answer(line);
    if (this.#child !== null) this.#send();
  }

  #answer(line) {
    let answer;
    try {
      answer = JSON.parse(line);
    } catch {
      const child = this.#child;
      this.#ended(child, "the command answered with something other than JSON; it has to be `msglint`");
      child?.kill("SIGKILL");
      return;
    }
    const question = this.#sent.get(answer?.id);
    if (question === undefined) return;
    this.#hasAnswered = true;
    this.#pause = this.#deaths = 0;
    this.#sent.delete(answer.id);
    this.#disarm();
    if (answer.error === undefined) question.resolve(answer);
    else question.reject(new MsglintError("MSGLINT_ANSWER", answer.error));
  }

  /** Ask again what was not answered when a process ended; give up where none answers. */
  #ended(child, why) {
    if (child === null || child !== this.#child) return;
    this.#child = null;
    this.#disarm();
    if (this.#isClosed) return;
    this.#deaths += 1;
    if (!this.#hasAnswered || this.#deaths > MOST_DEATHS) {
      this.#fail(unstartable(why));
      return;
    }
    const [oldest, ...others] = this.#sent.values();
    this.#sent.clear();
    // Questions are answered in their order, so it is the oldest that may have ended the process.
    if (oldest !== undefined && ++oldest.tries >= MOST_TRIES) oldest.reject(unstartable(why));
    else if (oldest !== undefined) others.unshift(oldest);
    this.#queue = new Map([...others.map((each) => [each.id, each]), ...this.#queue]);
    if (this.#queue.size > 0) this.#send();
  }

  /** Reject what is open, and start no process for a while: each would take time, and fail again. */
  #fail(error) {
    this.#pause = Math.min(this.#pause * 2 || FIRST_PAUSE, LONGEST_PAUSE);
    this.#pausedUntil = Date.now() + this.#pause;
    this.#failure = error;
    this.#rejectAll(error);
  }

  #rejectAll(error) {
    const open = [...this.#sent.values(), ...this.#queue.values()];
    this.#sent.clear();
    this.#queue.clear();
    this.#disarm();
    for (const question of open) question.reject(error);
  }

  /** Keep the program alive while a question is open, and watch that answers come. */
  #settle() {
    // An answer may come before the pipe says that it takes more, so the queue counts as well.
    this.#keepAlive(this.#sent.size + this.#queue.size > 0);
    if (this.#sent.size > 0 && this.#watch === null) {
      this.#watch = setTimeout(() => this.#giveUp(), this.#options.timeout);
      this.#watch.unref();
    }
  }

  #disarm() {
    clearTimeout(this.#watch);
    this.#watch = null;
  }

  /** End a process that has not answered for too long, and reject the question that it hangs at. */
  #giveUp() {
    const child = this.#child;
    const [oldest] = this.#sent.values();
    const why = `no answer came within ${this.#options.timeout} ms`;
    if (oldest !== undefined) {
      this.#sent.delete(oldest.id);
      oldest.reject(new MsglintError("MSGLINT_TIMEOUT", why));
    }
    this.#ended(child, why);
    child?.kill("SIGKILL");
  }

  #keepAlive(isNeeded) {
    const child = this.#child;
    if (child === null) return;
    const what = isNeeded ? "ref" : "unref";
    for (const each of [child, child.stdin, child.stdout, child.stderr]) each?.[what]?.();
  }
}

function unstartable(why) {
  return new MsglintError("MSGLINT_FAILED", why);
}

module.exports = { Server };
