import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parseDocument } from 'yaml';
import { CHARTS, schemaFile, withTable } from '../written.ts';
import { type Renderer, renderer } from './fixtures/render.ts';
import { leavesOf } from './fixtures/schema-leaves.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

const read = (chart: string, file: string) =>
	readFileSync(fileURLToPath(new URL(`../${chart}/${file}`, import.meta.url)), 'utf8');

/** The place of each value in a file of values. */
function* pathsIn(values: object, above: readonly string[] = []): Generator<string> {
	for (const [key, value] of Object.entries(values)) {
		const path = [...above, key];
		const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
		if (isMap && Object.keys(value).length > 0) yield* pathsIn(value, path);
		else yield path.join('.');
	}
}

for (const [chart, schema] of Object.entries(CHARTS)) {
	const { least, all, release } = VALUES[chart]!;
	describe(`the chart ${chart}`, () => {
		let charts: Renderer;
		before(async function () {
			charts = renderer(await toolsOrSkip(this));
		});

		for (const [what, values] of Object.entries({ least, all })) {
			it(`passes helm lint --strict with ${what === 'all' ? 'everything on' : 'the least'}`, () => {
				const { status, text } = charts.lint(chart, values);
				expect(status, text).to.equal(0);
			});
		}

		for (const [what, values] of Object.entries({
			'the least': least,
			'everything on': all,
		})) {
			it(`renders the same bytes twice: ${what}`, () => {
				const first = charts.render(chart, values, release);
				expect(first.objects.length).to.be.greaterThan(4);
				expect(charts.renderAnew(chart, values, release).text).to.equal(first.text);
				const names = first.objects.map(
					({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`,
				);
				expect(names, 'no object twice').to.deep.equal([...new Set(names)]);
			});
		}

		it('is refused in a sentence without values', () => {
			expect(charts.refusal(chart, {}, release)).to.match(/image|secret|repository|url/);
		});

		it('has the schema that is written for it, closed at every level', () => {
			expect(read(chart, 'values.schema.json')).to.equal(schemaFile(schema));
			const open: string[] = [];
			const walk = (part: unknown, path: string): void => {
				if (typeof part !== 'object' || part === null) return;
				if ('type' in part && part.type === 'object' && !('additionalProperties' in part)) open.push(path);
				for (const [key, inner] of Object.entries(part)) walk(inner, `${path}/${key}`);
			};
			walk(schema, '');
			expect(open).to.deep.equal([]);
		});

		it('has every value in its README, as the comments say it', () => {
			const readme = read(chart, 'README.md');
			expect(withTable(readme, parseDocument(read(chart, 'values.yaml')))).to.equal(readme);
		});

		it('has the same values in its schema, in its file and in its README, each in all three', () => {
			const document = parseDocument(read(chart, 'values.yaml'));
			const inFile = [...pathsIn(document.toJS())];
			// A map that is empty in the file stands for whatever its schema lets be said in it.
			const places = new Set(inFile);
			const inSchema = leavesOf(schema).map(({ path }) => {
				const above = path.map((_, at) => path.slice(0, at + 1).join('.'));
				return above.find((one) => places.has(one)) ?? path.join('.');
			});
			expect([...new Set(inSchema)]).to.have.members(inFile);
			const [, rows] = /<!-- values:([\s\S]*)<!-- end of values -->/.exec(read(chart, 'README.md'))!;
			const inTable = [...rows!.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, path]) => path);
			expect(inTable).to.have.members(inFile);
		});
	});
}
