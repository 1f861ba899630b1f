/** The extension: it keeps one server running, that of the `msglint` which is meant. */

import { accessSync, constants, statSync } from "node:fs";
import os from "node:os";
import type { PythonExtension } from "@vscode/python-extension";
import { commands, env, type ExtensionContext, extensions, type OutputChannel, type TextDocument, type Uri, window, workspace } from "vscode";
import { startFirst } from "./choose";
import { type QuietClient, startServer } from "./client";
import { find, type Machine } from "./find";
import { isWanted } from "./wanted";

const INSTALL = "pip install '.[lsp]'";
const PYTHON = "ms-python.python";
/** The folder of the extension with the program for its platform; packages for other platforms have none. */
const PROGRAM = "program";

const machine: Machine = { platform: process.platform, env: process.env, home: os.homedir(), canRun };

let stop: () => Promise<void> = () => Promise.resolve();

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("msglint");
  const keeper = new Keeper(context.asAbsolutePath(PROGRAM), log);
  stop = () => keeper.stop();
  context.subscriptions.push(
    log,
    commands.registerCommand("msglint.restart", () => keeper.update("always")),
    commands.registerCommand("msglint.showLog", () => log.show()),
    workspace.onDidGrantWorkspaceTrust(() => keeper.update("if changed")),
    workspace.onDidChangeConfiguration((event) => {
      if (["enable", "code", "path", "args"].some((name) => event.affectsConfiguration(`msglint.${name}`))) {
        void keeper.update("if changed");
      }
    }),
  );
  await keeper.untilWanted(context);
  const environments = (await pythonExtension(log))?.environments;
  if (environments !== undefined) {
    context.subscriptions.push(environments.onDidChangeActiveEnvironmentPath(() => keeper.update("if changed")));
  }
}

export function deactivate(): Promise<void> {
  return stop();
}

/** Keeps a server running; what is asked of it is done one after the other. */
class Keeper {
  private client: QuietClient | undefined;
  private running: string | undefined;
  /** Whether a server was wanted. */
  private isBegun = false;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly bundled: string,
    private readonly log: OutputChannel,
  ) {}

  /** Start a server as soon as a text is open that it is needed for: most source code has no call to check. */
  async untilWanted(context: ExtensionContext): Promise<void> {
    if (workspace.textDocuments.some(isOpenAndWanted)) {
      await this.update("always");
      return;
    }
    const waiting = [
      workspace.onDidOpenTextDocument((document) => begin(document)),
      workspace.onDidChangeTextDocument((event) => begin(event.document)),
    ];
    const begin = (document: TextDocument): void => {
      if (!this.isBegun && isOpenAndWanted(document)) {
        waiting.forEach((each) => each.dispose());
        void this.update("always");
      }
    };
    context.subscriptions.push(...waiting);
  }

  /** Start the server that is meant now, in place of the one that runs. */
  update(when: "always" | "if changed"): Promise<void> {
    if (when === "if changed" && !this.isBegun) {
      return Promise.resolve();
    }
    this.isBegun = true;
    return this.next(() => this.replace(when));
  }

  stop(): Promise<void> {
    return this.next(() => this.end());
  }

  private next(task: () => Promise<void>): Promise<void> {
    this.last = this.last.then(task).catch((error: unknown) => this.log.appendLine(String(error)));
    return this.last;
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.running = undefined;
    await client?.dispose();
  }

  private async replace(when: "always" | "if changed"): Promise<void> {
    const settings = workspace.getConfiguration("msglint");
    if (!settings.get("enable", true)) {
      await this.end();
      return;
    }
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const setting = settings.get("path", "");
    const interpreter = setting === "" ? await interpreterOf(folder, this.log) : undefined;
    const found = find({ setting, folder: folder?.fsPath, interpreter, bundled: this.bundled }, machine);
    const args = ["lsp", ...settings.get<string[]>("args", [])];
    const code = settings.get("code", true);
    const meant = JSON.stringify([found, args, code]);
    if (when === "if changed" && meant === this.running) {
      return;
    }
    await this.end();
    this.running = meant;
    if ("reason" in found) {
      this.log.appendLine(found.reason);
      void complain(found.reason, this.log);
      return;
    }
    const say = (line: string): void => this.log.appendLine(line);
    const started = await startFirst(found, ({ command }) => startServer(command, args, code, this.log), say);
    if ("reason" in started) {
      void complain(started.reason, this.log);
    } else {
      this.client = started.server;
    }
  }
}

function isOpenAndWanted(document: TextDocument): boolean {
  const code = workspace.getConfiguration("msglint").get("code", true);
  return isWanted(document.languageId, () => document.getText(), code);
}

/** Say what is wrong, and offer what helps. */
async function complain(reason: string, log: OutputChannel): Promise<void> {
  const [copy, settings, show] = ["Copy pip command", "Settings", "Log"];
  const chosen = await window.showErrorMessage(reason, copy, settings, show);
  if (chosen === copy) {
    await env.clipboard.writeText(INSTALL);
    void window.showInformationMessage(`Run this in a checkout of msglint, with the Python that should have it, and then "msglint: Restart Server": ${INSTALL}`);
  } else if (chosen === settings) {
    await commands.executeCommand("workbench.action.openSettings", "msglint.path");
  } else if (chosen === show) {
    log.show();
  }
}

/** The API of the Python extension, where there is one. */
async function pythonExtension(log: OutputChannel): Promise<PythonExtension | undefined> {
  try {
    return await extensions.getExtension<PythonExtension>(PYTHON)?.activate();
  } catch (error) {
    log.appendLine(`The Python extension did not start: ${String(error)}`);
    return undefined;
  }
}

/** The interpreter of the environment that is chosen for a folder; none in a folder that is not trusted. */
async function interpreterOf(folder: Uri | undefined, log: OutputChannel): Promise<string | undefined> {
  const environments = workspace.isTrusted ? (await pythonExtension(log))?.environments : undefined;
  const chosen = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
  return chosen?.executable.uri?.fsPath;
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
