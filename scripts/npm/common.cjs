// The module as one of CommonJS: the same classes, and reports with places.
const assert = require("node:assert/strict");
const { RequestError, createLinter } = require("msglint");

async function main() {
  const linter = await createLinter({ config: false, betas: [], apiVersion: "2026-10-21" });
  const wrong = { model: "claude-haiku-4-5", max_tokens: 10, temperature: 0.5, messages: [{ role: "user", content: "Hi" }] };
  const report = await linter.validate(wrong);
  assert.deepEqual(report.violations.map((each) => [each.rule, each.pointer, each.line]), [["sampling/removed-parameter", "/temperature", null]]);
  assert.equal((await linter.validate(wrong, { apiVersion: "2023-06-01" })).ok, true);
  const [violation] = (await linter.validateText('{\n  "model": 5}')).violations.filter((each) => each.rule === "schema/type");
  assert.deepEqual([violation.line, violation.column], [2, 12]);
  await assert.rejects(linter.check(wrong), RequestError);
  assert.equal((await import("msglint")).RequestError, RequestError);
  console.log(JSON.stringify(report.violations[0]));
}

main();
