// The same in CommonJS, without the types of any other package.
import msglint = require("msglint");

async function main(): Promise<boolean> {
  const linter = await msglint.createLinter();
  const { ok } = await linter.validateText("{}");
  await linter.close();
  return ok;
}

export = main;
