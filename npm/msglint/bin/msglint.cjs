#!/usr/bin/env node
"use strict";

const { spawn } = require("node:child_process");
const { findProgram, whyUnstartable } = require("../lib/program.cjs");

const FAILED = 2;

function complain(message) {
  console.error(`msglint: ${message}`);
  process.exitCode = FAILED;
}

function run(program) {
  const child = spawn(program, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
  // A terminal interrupts both by itself; this process waits for the other's exit code.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => complain(whyUnstartable(program, error)));
  child.once("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

try {
  run(findProgram());
} catch (error) {
  complain(error.message);
}
