// How many requests a second a linter checks: one after another, and many at once.
import { readFileSync } from "node:fs";
import { createLinter } from "msglint";

const linter = await createLinter({ config: false, timeout: 60_000 });
const request = JSON.parse(readFileSync(process.argv[2], "utf8"));
const number = Number(process.argv[3] ?? 2000);
const measured = {};

async function measure(name, work) {
  for (let warm = 0; warm < 50; warm += 1) await linter.validate(request);
  const started = performance.now();
  await work();
  measured[name] = Math.round((number * 1000) / (performance.now() - started));
}

await measure("in turn", async () => {
  for (let done = 0; done < number; done += 1) await linter.validate(request);
});
await measure("at once", () => Promise.all(Array.from({ length: number }, () => linter.validate(request))));
console.log(JSON.stringify(measured));
await linter.close();
