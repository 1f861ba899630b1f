// Check a file by a schema with ajv; usage: node check.mjs SCHEMA FILE
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";

const [schema, file] = process.argv.slice(2).map((name) => JSON.parse(readFileSync(name, "utf8")));
const validate = new Ajv2020.default({ allErrors: true, strict: false, validateFormats: false }).compile(schema);
if (!validate(file)) {
  console.log(validate.errors);
  process.exitCode = 1;
}
