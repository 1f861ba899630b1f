"use strict";

const { MsglintError, RequestError } = require("./lib/errors.cjs");
const { guard } = require("./lib/guard.cjs");
const { createLinter } = require("./lib/linter.cjs");

module.exports = { MsglintError, RequestError, createLinter, guard };
