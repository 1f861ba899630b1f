// Bundles the extension into one file, and puts the licences of the packages in it beside it.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const { metafile } = await build({
  bundle: true,
  entryPoints: ["src/extension.ts"],
  external: ["vscode"],
  format: "cjs",
  metafile: true,
  minify: true,
  outfile: "dist/extension.js",
  platform: "node",
  target: "node20",
});

/** The folder of the package that a bundled file belongs to. */
function packageOf(file) {
  let folder = path.dirname(file);
  while (!existsSync(path.join(folder, "package.json")) || !isNamed(folder)) {
    folder = path.dirname(folder);
  }
  return folder;
}

function isNamed(folder) {
  return "version" in JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
}

const files = Object.keys(metafile.inputs).filter((file) => file.startsWith("node_modules/"));
const notices = [...new Set(files.map(packageOf))].sort().map((folder) => {
  const { name, version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined) {
    throw new Error(`${name} comes without a licence`);
  }
  return `${name} ${version}\n\n${readFileSync(path.join(folder, licence), "utf8").trim()}\n`;
});
writeFileSync("dist/NOTICES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
