import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { CHARTS, schemaFile, withTable } from './written.ts';

/** `npm run charts`: writes what stands in the charts' folders but is made from elsewhere: the schemas, and the tables of their READMEs. */
const here = fileURLToPath(new URL('.', import.meta.url));
for (const [chart, schema] of Object.entries(CHARTS)) {
	writeFileSync(join(here, chart, 'values.schema.json'), schemaFile(schema));
	const readme = join(here, chart, 'README.md');
	const values = parseDocument(readFileSync(join(here, chart, 'values.yaml'), 'utf8'));
	writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), values));
}
