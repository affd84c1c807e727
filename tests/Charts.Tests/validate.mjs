// node validate.mjs FOLDER <objects.json: checks Kubernetes objects with the models that npm installed in FOLDER; a line for each fault.
// The models' schemas know formats and what is required, but let unknown fields pass; the compiler, given the same models' types,
// does not.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const objects = JSON.parse(readFileSync(0, "utf8"));
const ts = createRequire(join(folder, "package.json"))("typescript");
const named = object => `${object.kind}/${object.metadata?.name}`;

const packages = { "gateway.networking.k8s.io": "@kubernetes-models/gateway-api", "monitoring.coreos.com": "@kubernetes-models/prometheus-operator" };
const modelsOf = object => `${packages[object.apiVersion.split("/")[0]] ?? "kubernetes-models"}/${object.apiVersion}`;

const lines = [];
for (const object of objects) {
  const models = await import(pathToFileURL(join(folder, "node_modules", modelsOf(object), "index.js")));
  const Model = models[object.kind];
  if (!Model) {
    console.log(`${named(object)}: ${object.apiVersion} has no such kind`);
    continue;
  }
  try {
    new Model(object).validate();
  } catch (error) {
    console.log(`${named(object)}: ${error.message}`);
  }
  lines.push([object, `(${JSON.stringify(object)}) satisfies import(${JSON.stringify(modelsOf(object))}).I${object.kind};`]);
}

const file = join(folder, `objects-${process.pid}.ts`);
writeFileSync(file, lines.map(([, line]) => line).join("\n"));
const program = ts.createProgram([file], {
  strict: true, noEmit: true, skipLibCheck: true, types: [],
  target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
});
for (const fault of ts.getPreEmitDiagnostics(program)) {
  const line = fault.file?.getLineAndCharacterOfPosition(fault.start).line ?? 0;
  console.log(`${named(lines[line][0])}: ${ts.flattenDiagnosticMessageText(fault.messageText, " ")}`);
}
rmSync(file);
