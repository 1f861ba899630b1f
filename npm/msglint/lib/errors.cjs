"use strict";

const MOST_SHOWN = 5;
const LONGEST_POINTER = 200;

/** Why a request could not be checked; `code` tells the kinds apart. */
class MsglintError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "MsglintError";
    this.code = code;
  }
}

/** Thrown for a request that the API would refuse; `report` has every violation. */
class RequestError extends Error {
  constructor(report, message = worded(report)) {
    super(message);
    this.name = "RequestError";
    this.report = report;
  }
}

function worded(report) {
  const errors = report.violations.filter((each) => each.severity === "error");
  const lines = errors.slice(0, MOST_SHOWN).map((each) => `${place(each.pointer)}: ${each.message} [${each.rule}]`);
  if (errors.length > MOST_SHOWN) lines.push(`and ${errors.length - MOST_SHOWN} more`);
  return lines.join("\n");
}

function place(pointer) {
  if (pointer === "") return "the root";
  return pointer.length <= LONGEST_POINTER ? pointer : `${pointer.slice(0, LONGEST_POINTER)}…`;
}

module.exports = { MsglintError, RequestError };
