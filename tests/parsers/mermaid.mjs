// For tests/exports: Mermaid's own parser for each diagram, without a browser.
//	node mermaid.mjs FOLDER FILE...		FOLDER has node_modules with mermaid and jsdom
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(folder + "/");
const { JSDOM } = require("jsdom");
global.window = new JSDOM("<body></body>").window;	// before mermaid is loaded: its sanitizer looks for one
global.document = global.window.document;
const mermaid = (await import(pathToFileURL(require.resolve("mermaid")))).default;
let parsed = 0;

for (const file of files) {
	try {
		const text = readFileSync(file, "utf8");
		const { diagramType } = await mermaid.parse(text);
		if (text.length > 50000)	// its maxTextSize, which parse doesn't look at
			console.log(`${file}: more than is drawn: ${text.length} characters`);
		if (diagramType !== "sequence")
			console.log(`${file}: a diagram of type ${diagramType}`);
		parsed++;
	} catch (error) {
		console.log(`${file}: ${String(error.message).split("\n").slice(0, 3).join(" ")}`);
	}
}
console.log(`parsed ${parsed}`);
