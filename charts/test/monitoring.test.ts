import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { parse } from 'yaml';
import { closed, listOf, type Schema } from '../schemas/shared.ts';
import { namespacesIn } from './fixtures/reach.ts';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

const text: Schema = { type: 'string', minLength: 1 };
const texts: Schema = { type: 'object', additionalProperties: text };
const duration: Schema = { type: 'string', pattern: '^([0-9]+(y|w|d|h|m|s|ms))+$' };

/** Of what Prometheus' operator (0.91) knows in each of its kinds, that which the chart uses. */
const OPERATORS: Record<string, Schema> = {
	PrometheusRule: closed({
		groups: listOf(
			closed(
				{
					name: text,
					rules: listOf(
						closed({ alert: text, expr: text, for: duration, labels: texts, annotations: texts }, ['expr']),
					),
				},
				['name'],
			),
		),
	}),
	PodMonitor: closed(
		{
			selector: closed({ matchLabels: texts }),
			namespaceSelector: closed({ any: { type: 'boolean' }, matchNames: listOf(text) }),
			podMetricsEndpoints: listOf(
				closed({
					port: text,
					path: text,
					relabelings: listOf(
						closed({ action: { enum: ['keep'] }, sourceLabels: listOf(text), regex: text }),
					),
				}),
				{ minItems: 1 },
			),
		},
		['selector', 'podMetricsEndpoints'],
	),
};

describe('what a platform brings for Prometheus', () => {
	const { least } = VALUES.platform! as { least: Rendered };
	const on = {
		...least,
		monitoring: { rules: true, podMonitors: true, labels: { release: 'prometheus' } },
		network: { ...least.network, monitoringNamespace: 'monitoring' },
	};
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});
	const platform = (values: object = on) => charts.render('platform', values, 'understory', 'understory');
	const ours = (values: object = on) =>
		platform(values).objects.filter(({ apiVersion }) => apiVersion === 'monitoring.coreos.com/v1');

	it('is nothing unless it is asked for, each by itself', () => {
		expect(ours(least)).to.deep.equal([]);
		expect(ours({ ...on, monitoring: { rules: true } }).map(({ kind }) => kind)).to.deep.equal([
			'PrometheusRule',
		]);
		expect(ours({ ...on, monitoring: { podMonitors: true } }).map(({ kind }) => kind)).to.deep.equal([
			'PodMonitor',
			'PodMonitor',
		]);
	});

	it('is switched on by the values on the page about alerts', () => {
		const page = readFileSync(new URL('../../docs/library-it/alerts.md', import.meta.url), 'utf8');
		const said = parse(/^```yaml\n([\s\S]*?)^```/m.exec(page)![1]!);
		const values = { ...least, ...said, network: { ...least.network, ...said.network } };
		expect(ours(values)).to.deep.equal(ours());
	});

	it('is as Prometheus’ operator knows it, with the labels by which it is found', () => {
		const ajv = new Ajv2020({ strict: false, allErrors: true });
		expect(ours()).to.have.length(3);
		for (const { kind, metadata, spec } of ours()) {
			expect(ajv.validate(OPERATORS[kind]!, spec), `${kind}: ${ajv.errorsText()}`).to.equal(true);
			expect(metadata.labels).to.include({ release: 'prometheus' });
		}
		expect(charts.lint('platform', on)).to.deep.include({ status: 0 });
	});

	it('are the alerts of the plain file, word for word; only where they lead to may be another place', () => {
		const file = readFileSync(
			fileURLToPath(new URL('../../infra/monitoring/rules.yaml', import.meta.url)),
			'utf8',
		);
		const { groups } = parse(file);
		expect(platform().one('PrometheusRule').spec.groups).to.deep.equal(groups);
		const docs = 'https://git.example/understory/docs/';
		const { spec } = platform({ ...on, monitoring: { rules: true, docs } }).one('PrometheusRule');
		for (const { rules } of spec.groups)
			for (const { annotations } of rules)
				expect(annotations.runbook_url).to.match(
					/^https:\/\/git\.example\/understory\/docs\/library-it\/alerts\.md#/,
				);
		expect(charts.refusal('platform', { ...on, monitoring: { docs: 'javascript:alert(1)' } })).to.contain(
			'monitoring/docs',
		);
	});

	it('finds the pods of each role and of each home, at a port that they have', () => {
		const pods = [
			...platform().of('Deployment'),
			...charts.render('home', VALUES.home!.least).of('Deployment'),
			...charts.render('branch', VALUES.branch!.least, 'branch-1').of('Deployment'),
		].map(({ spec }) => spec.template);
		expect(pods).to.have.length(5);
		const monitors = platform().of('PodMonitor');
		const finds = ({ spec }: Rendered, { metadata }: Rendered) =>
			Object.entries(spec.selector.matchLabels).every(([label, value]) => metadata.labels[label] === value);
		for (const pod of pods) {
			const found = monitors.filter((monitor) => finds(monitor, pod));
			expect(found, JSON.stringify(pod.metadata.labels)).to.have.length(1);
			const [{ port, path }] = found[0].spec.podMetricsEndpoints;
			expect(path).to.equal('/metrics');
			const names = pod.spec.containers.flatMap(({ ports }: Rendered) =>
				(ports ?? []).map(({ name }: Rendered) => name),
			);
			expect(names).to.include(port);
		}
	});

	it('looks for homes in the platform’s own namespaces and in nobody else’s', () => {
		const { spec } = platform().one('PodMonitor', 'understory-homes');
		expect(spec.namespaceSelector).to.deep.equal({ any: true });
		const [{ relabelings }] = spec.podMetricsEndpoints;
		const kept = new RegExp(`^(?:${relabelings[0].regex})$`);
		for (const name of ['understory-homes', 'understory-library-anytown']) expect(name).to.match(kept);
		for (const name of ['understory', 'other-homes', 'understory-homes-2']) expect(name).to.not.match(kept);
		const alone = { ...on, homes: { libraries: { enabled: false } } };
		expect(platform(alone).one('PodMonitor', 'understory-homes').spec.namespaceSelector).to.deep.equal({
			matchNames: ['understory-homes'],
		});
	});

	it('is let in by the network of every role and of every home, and without its namespace by none', () => {
		const homes = JSON.parse(platform().one('ConfigMap', 'understory-homes').data['homes.json']);
		const policies = (values: object) => [
			...platform(values)
				.of('NetworkPolicy')
				.filter(({ spec }) => spec.ingress),
			charts
				.render('home', { ...(VALUES.home!.least as object), network: homes.network })
				.one('NetworkPolicy'),
		];
		expect(policies(on)).to.have.length(4);
		for (const policy of policies(on)) expect(namespacesIn(policy)).to.include('monitoring');
		for (const { kind, ...policy } of platform(least).of('NetworkPolicy'))
			if (policy.spec.ingress) expect(namespacesIn(policy), kind).to.not.include('monitoring');
	});
});
