import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parseDocument } from 'yaml';
import { CHARTS, schemaFile, withTable } from '../written.ts';
import { type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

const read = (chart: string, file: string) =>
	readFileSync(fileURLToPath(new URL(`../${chart}/${file}`, import.meta.url)), 'utf8');

for (const [chart, schema] of Object.entries(CHARTS)) {
	const { least, all, switches, release } = VALUES[chart]!;
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
			...Object.fromEntries(Object.entries(switches).map(([name, part]) => [name, { ...least, ...part }])),
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
			expect(readme.split('\n').filter((line) => line.startsWith('| `')).length).to.be.greaterThan(3);
		});
	});
}
