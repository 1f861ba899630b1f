// Reads a schema and texts from standard input, and writes how many problems VS Code's own JSON service has with each.

const fs = require("node:fs");
const { getLanguageService, TextDocument } = require("vscode-json-languageservice");

async function main() {
  const { schema, texts } = JSON.parse(fs.readFileSync(0, "utf8"));
  const service = getLanguageService({ schemaRequestService: async () => schema });
  service.configure({ schemas: [{ fileMatch: ["*"], uri: "file:///schema.json" }] });
  const problems = {};
  for (const [name, text] of Object.entries(texts)) {
    const document = TextDocument.create(`file:///${name}`, "json", 1, text);
    problems[name] = (await service.doValidation(document, service.parseJSONDocument(document))).length;
  }
  process.stdout.write(JSON.stringify(problems));
}

main();
