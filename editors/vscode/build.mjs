// Bundles the extension into one file, and puts the licences of the packages in it beside it. Their names go into
// build/packages.json, for the bill of materials.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
  return "version" in manifestOf(folder);
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
}

const files = Object.keys(metafile.inputs).filter((file) => file.startsWith("node_modules/"));
const folders = [...new Set(files.map(packageOf))].sort();
const notices = folders.map((folder) => {
  const { name, version } = manifestOf(folder);
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined) {
    throw new Error(`${name} comes without a licence`);
  }
  return `${name} ${version}\n\n${readFileSync(path.join(folder, licence), "utf8").trim()}\n`;
});
writeFileSync("dist/NOTICES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
const packages = folders.map(manifestOf).map(({ name, version, license }) => ({ name, version, license }));
mkdirSync("build", { recursive: true });
writeFileSync("build/packages.json", JSON.stringify(packages));
