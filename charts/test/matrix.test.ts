import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { CHARTS } from '../written.ts';
import { apiChecker } from './fixtures/api-schemas.ts';
import { type Case, matrixOf } from './fixtures/matrix.ts';
import { openRules } from './fixtures/reach.ts';
import type { Rendered } from './fixtures/render.ts';
import { type EachRenderer, eachRenderer, objectIn, type RenderedEach } from './fixtures/render-each.ts';
import { leafIn, withLeaf } from './fixtures/schema-leaves.ts';
import { switchesOf } from './fixtures/switches.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

/** Values of which a part would be refused by templates, made so that they are not: a claim that is there has its class already. */
function withoutQuarrel(values: object): object {
	const claim = ['copies', 'claim'];
	if (!leafIn(values, [...claim, 'existingClaim'])) return values;
	return withLeaf(withLeaf(values, ['copies', 'kind'], 'claim'), [...claim, 'className'], '');
}

for (const [chart, schema] of Object.entries(CHARTS)) {
	describe(`whatever is said to the chart ${chart}`, function () {
		this.timeout(300_000);
		const { least, all } = VALUES[chart]!;
		const usual = parse(readFileSync(new URL(`../${chart}/values.yaml`, import.meta.url), 'utf8')) as object;
		// What homes are told is the chart of a home's to take.
		const switches = switchesOf(schema, { usual, example: all, whole: ['homes.values'] });
		const check = apiChecker();
		let cases: Case[];
		let each: EachRenderer;
		let came: RenderedEach;
		before(async function () {
			each = eachRenderer(await toolsOrSkip(this));
			cases = matrixOf({ schema, usual, least, all, switches, mended: withoutQuarrel });
			came = each.render(chart, cases);
		});
		after(() => each?.close());
		/** The first cases of which something is wrong, with what. */
		const wrong = (of: (objects: readonly Rendered[]) => readonly string[]) =>
			[...came.rendered]
				.flatMap(([{ what }, texts]) => of(texts.map(objectIn)).map((fault) => `${what}: ${fault}`))
				.slice(0, 5);

		it('each value is turned, and every two of them together', () => {
			// What has to be said can be nothing but said.
			const fixed = switches.filter(({ states }) => states.length < 2).map(({ path }) => path.join('.'));
			for (const place of fixed) expect(place).to.match(/^domain$|repository$|url$|secret\.name$/);
			expect(switches.length).to.be.greaterThan(25);
			expect(came.rendered.size).to.be.greaterThan(switches.length + 30);
			for (const texts of came.rendered.values()) expect(texts.length).to.be.greaterThan(2);
		});

		it('what templates refuse they refuse in a sentence that names the value', () => {
			const places = switches.map(({ path }) => path.join('.'));
			for (const [{ what }, said] of came.refused) {
				expect(
					places.some((place) => said.includes(place)),
					`${what}: ${said}`,
				).to.equal(true);
				expect(said, what).to.match(/^[a-z][A-Za-z.]+ (?:is|must) .{20,}/);
			}
			expect(came.refused.size).to.be.below(cases.length / 10);
		});

		it('every object is one to the API server', () => {
			const faults = new Map<string, readonly string[]>();
			for (const [{ what }, texts] of came.rendered)
				for (const text of texts)
					if (!faults.has(text))
						faults.set(
							text,
							check(objectIn(text)).map((fault) => `${what}: ${fault}`),
						);
			expect([...faults.values()].flat().slice(0, 5)).to.deep.equal([]);
		});

		it('no object is there twice, and no rule of the network is open', () => {
			expect(
				wrong((objects) => {
					const names = objects.map(
						({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`,
					);
					return names.filter((name, at) => names.indexOf(name) !== at);
				}),
			).to.deep.equal([]);
			expect(wrong(openRules)).to.deep.equal([]);
		});

		it('variables come in one order, each once', () => {
			const orders = new Map<string, Set<string>>();
			expect(
				wrong((objects) =>
					variablesIn(objects).flatMap(([container, names]) => {
						const before = orders.get(container) ?? new Set();
						orders.set(container, before);
						return names.flatMap((one, at) =>
							names.slice(at + 1).flatMap((other) => {
								before.add(`${one} ${other}`);
								return one === other || before.has(`${other} ${one}`)
									? [`${one} and ${other} in ${container}`]
									: [];
							}),
						);
					}),
				),
			).to.deep.equal([]);
		});

		it('the same bytes come of the same values, in whichever order they are said', () => {
			const some = [...came.rendered.keys()].filter(({ isMixed }) => isMixed);
			const said = some.map(({ what, values }) => ({ what, values: backwards(values) }));
			const again = each.render(chart, said).rendered;
			const other = said.filter((one, at) => again.get(one)?.join() !== came.rendered.get(some[at]!)!.join());
			expect(other.map(({ what }) => what).slice(0, 5)).to.deep.equal([]);
		});

		it('helm lint --strict takes each state of each value, and every two of them', () => {
			const mixed = [...came.rendered.keys()].filter(({ isMixed }) => isMixed);
			expect(mixed.length).to.be.greaterThan(20);
			expect(each.lint(chart, mixed, usual)).to.equal('');
		});
	});
}

/** The names of the variables of each container, by where it is. */
function variablesIn(objects: readonly Rendered[]): [container: string, names: string[]][] {
	return objects
		.filter(({ kind }) => kind === 'Deployment')
		.flatMap(({ spec: { template } }) =>
			[...template.spec.containers, ...(template.spec.initContainers ?? [])].map(
				({ name, env }: Rendered): [string, string[]] => [name, env.map((one: Rendered) => one.name)],
			),
		);
}

/** The same values, with the keys of each map from last to first. Helm reads the text of JSON in its order. */
function backwards<T>(values: T): T {
	if (Array.isArray(values)) return values.map(backwards) as T;
	if (typeof values !== 'object' || values === null) return values;
	const entries = Object.entries(values).map(([key, value]) => [key, backwards(value)] as const);
	return Object.fromEntries(entries.toReversed()) as T;
}
