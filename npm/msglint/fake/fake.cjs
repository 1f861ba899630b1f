// Stands in for `msglint`: answers lines as `msglint serve` does, or does what the request asks for.
"use strict";

const { createInterface } = require("node:readline");

if (process.argv.includes("--select=nothing")) {
  process.stderr.write("Error: there is no rule 'nothing'\n");
  process.exit(2);
}
if (process.argv.includes("--select=prose")) process.stdout.write("Hello!\n");

const wrong = { rule: "a/b", severity: "error", pointer: "/x", message: "`x` is wrong", path: null };

createInterface({ input: process.stdin }).on("line", (line) => {
  const question = JSON.parse(line);
  const request = question.request ?? JSON.parse(question.text);
  if (request.do === "die") process.exit(3);
  if (request.do === "hang") return void setInterval(() => {}, 1000);
  const found = request.wrong ? Array(request.wrong).fill(wrong) : [];
  const answer = { id: question.id, ok: found.length === 0, violations: found, asked: question };
  if (request.do === "fail") return void console.log(JSON.stringify({ id: question.id, error: "it holds sk-ant-secret" }));
  if (question.call) {
    answer.mode = question.call.mode ?? "refuse";
    if (!answer.ok && answer.mode === "refuse") {
      const body = JSON.stringify({ type: "error", error: { type: "invalid_request_error", message: "no" }, asked: question });
      answer.refusal = { status: 400, headers: { "content-type": "application/json" }, body };
    } else if (!answer.ok) answer.said = "a/b at /x";
  }
  if (request.do === "say pid") answer.violations = [{ ...wrong, message: String(process.pid), severity: "info" }];
  console.log(JSON.stringify(answer));
});
