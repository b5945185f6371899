import { expect } from 'chai';
import { homeValues } from '../../packages/provisioner/src/drivers/helm/home-values.ts';
import { secretsToCopy } from '../../packages/provisioner/src/drivers/helm/library-namespaces.ts';
import { CHARTS } from '../written.ts';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { leavesOf, withLeaf } from './fixtures/schema-leaves.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

/** What a chart takes as the name of a Secret, found in its schema: strings that Kubernetes takes as a name, below a word with "secret" in it. */
const namesOfSecrets = (chart: string) =>
	leavesOf(CHARTS[chart]!).filter(
		({ path, schema }) => /secret/i.test(path.join('.')) && takesNames(schema.items ?? schema),
	);
const takesNames = (schema: unknown) => {
	const { pattern } = schema as { pattern?: string };
	return pattern !== undefined && new RegExp(pattern).test('a.b-c') && !new RegExp(pattern).test('A_b');
};

/** Names of Secrets anywhere in rendered objects, by the fields in which Kubernetes has them. */
function secretsIn(part: Rendered, found = new Set<string>()): Set<string> {
	if (typeof part !== 'object' || part === null) return found;
	for (const [key, value] of Object.entries<Rendered>(part)) {
		if (key === 'secretName') found.add(value);
		if (key === 'imagePullSecrets') for (const { name } of value) found.add(name);
		if (key === 'sources') for (const { secret } of value) if (secret) found.add(secret.name);
		if (['secretKeyRef', 'secretRef'].includes(key)) found.add(value.name);
		secretsIn(value, found);
	}
	return found;
}

for (const [chart, kind] of [
	['home', 'shared'],
	['branch', 'dedicated'],
] as const) {
	describe(`the Secrets that the chart ${chart} is told of`, () => {
		const spec = { name: 'home-1', kind, host: 'belmont.anytown.example' };
		let charts: Renderer;
		before(async function () {
			charts = renderer(await toolsOrSkip(this));
		});
		/** What the operator says for all homes, each Secret named by where it is named. */
		const told = (route: string) =>
			namesOfSecrets(chart).reduce(
				(values, { path, schema }) => {
					const name = path.join('-').toLowerCase();
					return withLeaf(values, path, schema.type === 'array' ? [name] : name);
				},
				withLeaf(VALUES[chart]!.all, ['route', 'kind'], route) as object,
			);

		it('are each copied to the namespace of a library, or made there, whichever way people come', () => {
			const found = namesOfSecrets(chart).map(({ path }) => path.join('.'));
			expect(found).to.include('secret.name').and.have.length.greaterThan(4);
			for (const route of ['none', 'gateway', 'ingress']) {
				const values = told(route);
				const used = secretsIn(charts.render(chart, homeValues(values, spec), 'home-1').objects);
				const [made, ...copied] = [`${spec.name}-enrolment`, ...secretsToCopy(values)];
				// What leads to shared homes is written beside them, and names the certificate itself.
				const theirs = kind === 'shared' ? copied.filter((name) => !name.startsWith('route-')) : copied;
				// Made by hand in the home's own namespace, when its volume was lost.
				const brought = `${spec.name}-keys`;
				expect([...used], route).to.have.members([made, brought, ...theirs]);
			}
		});

		it('are all known to this test: with everything on, nothing else is mounted', () => {
			const names = namesOfSecrets(chart).map(({ path }) => path.join('-').toLowerCase());
			expect([...secretsIn(charts.render(chart, told('ingress'), 'home-1').objects)]).to.have.members([
				...names,
				'home-1-keys',
			]);
		});
	});
}
