/** Which `msglint` to run. Nothing here knows of the editor, so that it can be tested without one. */

import path from "node:path";

/** What is asked of the machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Whether a file is there and may be run. */
  canRun(file: string): boolean;
}

/** What the person has chosen. */
export interface Choice {
  /** The setting `msglint.path`; empty where there is none. */
  readonly setting: string;
  /** The folder that is open. */
  readonly folder: string | undefined;
  /** The interpreter of the chosen Python environment. */
  readonly interpreter: string | undefined;
  /** The folder in which the extension has a program of its own, where it comes with one. */
  readonly bundled: string;
}

export type Candidate = { readonly command: string; readonly origin: "setting" | "environment" | "extension" | "PATH" };
export type Missing = { readonly reason: string };

/**
 * Find each `msglint` that may be meant, the preferred one first: what the setting names and nothing else, or those of
 * the Python environment, of the extension, and on the PATH.
 */
export function find(choice: Choice, machine: Machine): readonly Candidate[] | Missing {
  if (choice.setting.trim() !== "") {
    const command = named(choice.setting.trim(), choice.folder, machine);
    return command === undefined
      ? { reason: `The setting msglint.path is "${choice.setting}", but no such program is there.` }
      : [{ command, origin: "setting" }];
  }
  const places = {
    environment: choice.interpreter === undefined ? undefined : beside(choice.interpreter, machine),
    extension: firstIn([choice.bundled], "msglint", machine),
    PATH: search("msglint", machine),
  };
  const origins = ["environment", "extension", "PATH"] as const;
  const found = origins.flatMap((origin) => {
    const command = places[origin];
    return command === undefined ? [] : [{ command, origin }];
  });
  if (found.length > 0) {
    return found;
  }
  const environment = choice.interpreter === undefined ? "" : ` in the Python environment of ${choice.interpreter} or`;
  return { reason: `There is no msglint${environment} on the PATH.` };
}

/** Find the program that a setting names: a path, from the folder that is open if it is relative, or a bare name. */
function named(setting: string, folder: string | undefined, machine: Machine): string | undefined {
  const paths = pathsOf(machine);
  const expanded = setting
    .replace(/^~(?=$|[\\/])/, () => machine.home)
    .replaceAll("${workspaceFolder}", () => folder ?? "");
  if (!/[\\/]/.test(expanded)) {
    return search(expanded, machine);
  }
  const file = paths.resolve(folder ?? machine.home, expanded);
  return programs(file, machine).find((each) => machine.canRun(each));
}

/** Find the scripts of an environment: beside its interpreter, or in the folder that some have for them on Windows. */
function beside(interpreter: string, machine: Machine): string | undefined {
  const paths = pathsOf(machine);
  const folder = paths.dirname(interpreter);
  const folders = machine.platform === "win32" ? [folder, paths.join(folder, "Scripts")] : [folder];
  return firstIn(folders, "msglint", machine);
}

function search(name: string, machine: Machine): string | undefined {
  const paths = pathsOf(machine);
  const variable = Object.keys(machine.env).find((key) =>
    machine.platform === "win32" ? key.toUpperCase() === "PATH" : key === "PATH",
  );
  const folders = (variable === undefined ? "" : (machine.env[variable] ?? "")).split(paths.delimiter);
  // A relative entry would find what stands in the folder that happens to be open.
  return firstIn(folders.filter(paths.isAbsolute), name, machine);
}

function firstIn(folders: readonly string[], name: string, machine: Machine): string | undefined {
  const paths = pathsOf(machine);
  return folders
    .flatMap((folder) => programs(paths.join(folder, name), machine))
    .find((file) => machine.canRun(file));
}

/** The files that a program may be; scripts of Windows' shell are none, as they cannot be run without it. */
function programs(file: string, machine: Machine): readonly string[] {
  return machine.platform === "win32" && !file.toLowerCase().endsWith(".exe") ? [`${file}.exe`] : [file];
}

function pathsOf(machine: Machine): path.PlatformPath {
  return machine.platform === "win32" ? path.win32 : path.posix;
}
