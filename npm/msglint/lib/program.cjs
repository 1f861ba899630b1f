"use strict";

const { existsSync } = require("node:fs");
const { MsglintError } = require("./errors.cjs");

/** The systems and processors that there is a package for, with the program in it. */
const TARGETS = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-x64"];
const VARIABLE = "MSGLINT_BINARY";
const OTHERWISE = `install it with \`pip install 'msglint[all]'\`, and set ${VARIABLE} to the path of that \`msglint\``;

/**
 * Return the path of the program: the one that a variable names, or that of the package for this system.
 *
 * Throws a MsglintError that says what to do where there is none.
 */
function findProgram(environment = process.env, target = `${process.platform}-${process.arch}`) {
  const named = environment[VARIABLE];
  if (named) {
    if (existsSync(named)) return named;
    throw missing(`${VARIABLE} names ${named}, which does not exist`);
  }
  if (!TARGETS.includes(target)) throw missing(`there is no msglint for ${target} on npm; ${OTHERWISE}`);
  const name = `@msglint/${target}`;
  try {
    return require.resolve(`${name}/${target.startsWith("win32") ? "msglint.exe" : "msglint"}`);
  } catch {
    if (usesMusl()) throw missing(withMusl());
    throw missing(
      `the package ${name} is not installed: npm leaves it out with --omit=optional, and with a lock file that another ` +
        `system has written; run \`npm install ${name}\`, or ${OTHERWISE}`,
    );
  }
}

/** Word why a program that is there cannot be started in a folder. */
function whyUnstartable(path, error, folder) {
  if (error.code === "ENOENT" && folder !== undefined && !existsSync(folder)) return `there is no folder ${folder}`;
  // The program is there, and what is missing is the loader of another C library.
  if (error.code === "ENOENT" && existsSync(path) && usesMusl()) return withMusl();
  return `${path} cannot be started: ${error.code ?? error.message}`;
}

function withMusl() {
  return `there is no msglint for Linux with musl, such as Alpine, on npm; use an image with glibc, or ${OTHERWISE}`;
}

function usesMusl() {
  if (process.platform !== "linux" || !process.report) return false;
  // Without this, a report looks up the names of open connections.
  process.report.excludeNetwork = true;
  return !process.report.getReport().header.glibcVersionRuntime;
}

function missing(message) {
  return new MsglintError("MSGLINT_MISSING", message);
}

module.exports = { TARGETS, findProgram, whyUnstartable };
