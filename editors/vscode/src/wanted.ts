/** Which texts a server is needed for. Nothing here knows of the editor, so that it can be tested without one. */

/** The languages whose texts may be requests. */
export const DATA = ["json", "jsonc", "jsonl", "yaml"];
/** The languages whose texts may have calls that send requests. */
export const CODE = ["python", "typescript", "typescriptreact", "javascript", "javascriptreact", "markdown", "mdx", "shellscript"];
/** The type of notebooks that are read, and the languages of their cells. */
export const NOTEBOOK = "jupyter-notebook";
export const CELLS = ["python", "shellscript"];

/** Whether a text may have something to check: source code has the word that all calls have. */
export function isWanted(language: string, text: () => string, code: boolean): boolean {
  return DATA.includes(language) || (code && CODE.includes(language) && text().includes("messages"));
}
