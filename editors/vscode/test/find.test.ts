import assert from "node:assert/strict";
import { test } from "node:test";
import { find, type Choice, type Machine } from "../src/find";

const nothing: Choice = { setting: "", folder: undefined, interpreter: undefined, bundled: "/extension/program" };

function linux(programs: string[], path = "/usr/local/bin:/usr/bin"): Machine {
  return { platform: "linux", env: { PATH: path }, home: "/home/ada", canRun: (file) => programs.includes(file) };
}

function windows(programs: string[], env: Record<string, string> = { Path: "C:\\Tools;D:\\Python" }): Machine {
  return { platform: "win32", env, home: "C:\\Users\\ada", canRun: (file) => programs.includes(file) };
}

function command(choice: Partial<Choice>, machine: Machine): string {
  return commands(choice, machine)[0] ?? "";
}

/** What may be meant, the preferred one first; else the reason why there is nothing. */
function commands(choice: Partial<Choice>, machine: Machine): readonly string[] {
  const found = find({ ...nothing, ...choice }, machine);
  return "reason" in found ? [found.reason] : found.map((each) => `${each.origin}: ${each.command}`);
}

test("the environment goes before the extension's own program, and that before the PATH", () => {
  const everywhere = linux(["/prompts/.venv/bin/msglint", "/extension/program/msglint", "/usr/bin/msglint"]);
  assert.deepEqual(commands({ interpreter: "/prompts/.venv/bin/python" }, everywhere), [
    "environment: /prompts/.venv/bin/msglint",
    "extension: /extension/program/msglint",
    "PATH: /usr/bin/msglint",
  ]);
  assert.deepEqual(commands({}, everywhere), ["extension: /extension/program/msglint", "PATH: /usr/bin/msglint"]);
});

test("beside what the setting names nothing is tried", () => {
  const everywhere = linux(["/opt/msglint", "/prompts/.venv/bin/msglint", "/extension/program/msglint"]);
  const interpreter = "/prompts/.venv/bin/python";
  assert.deepEqual(commands({ setting: "/opt/msglint", interpreter }, everywhere), ["setting: /opt/msglint"]);
});

test("an extension without a program takes the one on the PATH", () => {
  assert.deepEqual(commands({}, linux(["/usr/bin/msglint"])), ["PATH: /usr/bin/msglint"]);
});

test("an environment without msglint is passed over", () => {
  assert.equal(command({ interpreter: "/prompts/.venv/bin/python" }, linux(["/usr/bin/msglint"])), "PATH: /usr/bin/msglint");
});

test("the first folder on the PATH that has it counts", () => {
  const twice = linux(["/usr/bin/msglint", "/usr/local/bin/msglint"]);
  assert.equal(command({}, twice), "PATH: /usr/local/bin/msglint");
});

test("a relative folder on the PATH is passed over, as it would lead into the folder that is open", () => {
  const machine = linux(["msglint", "bin/msglint", "./msglint", "/usr/bin/msglint"], ":.:bin:/usr/bin");
  assert.equal(command({}, machine), "PATH: /usr/bin/msglint");
});

test("home and the folder that is open are expanded in the setting", () => {
  const machine = linux(["/home/ada/bin/msglint", "/prompts/.venv/bin/msglint"]);
  const folder = "/prompts";
  assert.equal(command({ setting: "~/bin/msglint", folder }, machine), "setting: /home/ada/bin/msglint");
  assert.equal(
    command({ setting: "${workspaceFolder}/.venv/bin/msglint", folder }, machine),
    "setting: /prompts/.venv/bin/msglint",
  );
  assert.equal(command({ setting: ".venv/bin/msglint", folder }, machine), "setting: /prompts/.venv/bin/msglint");
});

test("a folder with signs that a replacement knows is taken as it is", () => {
  const folder = "/prompts/$&$1";
  const machine = linux([`${folder}/msglint`]);
  assert.equal(command({ setting: "${workspaceFolder}/msglint", folder }, machine), `setting: ${folder}/msglint`);
});

test("a bare name in the setting is searched for on the PATH", () => {
  assert.equal(
    command({ setting: "msglint-next" }, linux(["/usr/bin/msglint-next", "/usr/bin/msglint"])),
    "setting: /usr/bin/msglint-next",
  );
});

test("a setting that leads nowhere is said, and nothing else is taken", () => {
  assert.equal(
    command({ setting: "~/gone", interpreter: "/usr/bin/python3" }, linux(["/usr/bin/msglint"])),
    'The setting msglint.path is "~/gone", but no such program is there.',
  );
});

test("where it was searched for is said", () => {
  assert.equal(command({}, linux([])), "There is no msglint on the PATH.");
  assert.equal(
    command({ interpreter: "/prompts/.venv/bin/python" }, linux([])),
    "There is no msglint in the Python environment of /prompts/.venv/bin/python or on the PATH.",
  );
  assert.equal(command({}, { ...linux([]), env: {} }), "There is no msglint on the PATH.");
});

test("on Windows it is a program with an ending, in Scripts or beside the interpreter", () => {
  assert.equal(command({}, windows(["D:\\Python\\msglint.exe", "C:\\Tools\\msglint.cmd"])), "PATH: D:\\Python\\msglint.exe");
  assert.equal(
    command({ interpreter: "C:\\work\\.venv\\Scripts\\python.exe" }, windows(["C:\\work\\.venv\\Scripts\\msglint.exe"])),
    "environment: C:\\work\\.venv\\Scripts\\msglint.exe",
  );
  assert.equal(
    command({ interpreter: "C:\\conda\\python.exe" }, windows(["C:\\conda\\Scripts\\msglint.exe"])),
    "environment: C:\\conda\\Scripts\\msglint.exe",
  );
  assert.equal(
    command({ bundled: "C:\\extension\\program" }, windows(["C:\\extension\\program\\msglint.exe"])),
    "extension: C:\\extension\\program\\msglint.exe",
  );
  assert.equal(
    command({ setting: "~\\bin\\msglint" }, windows(["C:\\Users\\ada\\bin\\msglint.exe"])),
    "setting: C:\\Users\\ada\\bin\\msglint.exe",
  );
});
