/** A running server, and the client that talks to it. */

import { type ChildProcess, spawn } from "node:child_process";
import os from "node:os";
import { setTimeout } from "node:timers/promises";
import { type OutputChannel, workspace } from "vscode";
import { CloseAction, LanguageClient, type LanguageClientOptions } from "vscode-languageclient/node";
import { CELLS, CODE, DATA, NOTEBOOK } from "./wanted";

const SCHEMES = ["file", "untitled"];
const RESTARTS = 4;
/** Milliseconds in which a server that failed to start has to end by itself. */
const PATIENCE = 1000;

/** Start a server; throws what it wrote last if it does not come up. */
export async function startServer(
  command: string,
  args: readonly string[],
  code: boolean,
  log: OutputChannel,
): Promise<QuietClient> {
  let child: ChildProcess | undefined;
  let closed: Promise<unknown> | undefined;
  let written = "";
  const spawned = async (): Promise<ChildProcess> => {
    child = await run(command, args);
    closed = new Promise((resolve) => child?.once("close", resolve));
    child.stderr?.on("data", (data: Buffer) => {
      written = (written + data.toString()).slice(-4096);
    });
    return child;
  };
  const client = new QuietClient(spawned, code, log);
  try {
    await client.start();
  } catch (error) {
    // The client knows that the connection is gone before all that the server wrote is here.
    await Promise.race([closed, setTimeout(PATIENCE)]);
    child?.kill();
    const last = written.trim().split("\n").at(-1)?.replace(/^Error: /, "");
    throw new Error(last || (error instanceof Error ? error.message : String(error)), { cause: error });
  }
  return client;
}

function run(command: string, args: readonly string[]): Promise<ChildProcess> {
  const cwd = workspace.workspaceFolders?.find((folder) => folder.uri.scheme === "file")?.uri.fsPath ?? os.homedir();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd });
    child.once("spawn", () => resolve(child));
    child.once("error", reject);
  });
}

/** A client that leaves it to its caller to say that a server does not come up. */
export class QuietClient extends LanguageClient {
  constructor(spawned: () => Promise<ChildProcess>, code: boolean, log: OutputChannel) {
    const languages = code ? [...DATA, ...CODE] : DATA;
    const cells = code ? CELLS.map((language) => ({ notebook: NOTEBOOK, language })) : [];
    const options: LanguageClientOptions = {
      documentSelector: [
        ...languages.flatMap((language) => SCHEMES.map((scheme) => ({ language, scheme }))),
        ...cells,
      ],
      initializationOptions: { code },
      outputChannel: log,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: (error, message, count) => usual.error(error, message, count),
        closed: () => (this.isRunning() ? usual.closed() : { action: CloseAction.DoNotRestart, handled: true }),
      },
    };
    super("msglint", "msglint", spawned, options);
    const usual = this.createDefaultErrorHandler(RESTARTS);
  }

  /** The version that the server says it has. */
  get version(): string | undefined {
    return this.initializeResult?.serverInfo?.version;
  }

  override error(message: string, data?: unknown, showNotification?: boolean | "force"): void {
    super.error(message, data, this.isRunning() ? showNotification : false);
  }

  /** Stop the server; one that did not come up is left, as there is nothing to say goodbye to. */
  override async stop(timeout?: number): Promise<void> {
    if (this.isRunning()) {
      await super.stop(timeout);
    }
  }
}
