import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const objects = (path: string): Rendered[] => parseAllDocuments(read(path)).map((one) => one.toJS());

describe('the example of a platform on a cluster', () => {
	const values: Rendered = parse(read('infra/kubernetes/platform.yaml'));
	const database = objects('infra/kubernetes/postgresql.yaml');
	const page = read('docs/library-it/kubernetes.md');
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});
	const rendered = () => charts.render('platform', values, 'understory', 'understory');

	it('is taken by the chart as it is', () => {
		expect(charts.lint('platform', values)).to.deep.include({ status: 0 });
		expect(rendered().of('Deployment')).to.have.length(3);
	});

	it('has the namespaces that its database and its platform are in', () => {
		const [{ metadata }] = objects('infra/kubernetes/namespaces.yaml') as [Rendered];
		expect(metadata.name).to.equal('understory');
		expect(metadata.labels['pod-security.kubernetes.io/enforce']).to.equal('restricted');
		for (const one of database)
			expect(one.kind === 'Namespace' ? one.metadata.name : one.metadata.namespace).to.equal(
				values.network.database.namespace,
			);
	});

	it('gives each role a database that it owns, and none to anybody else', () => {
		const cluster = database.find(({ kind }) => kind === 'Cluster');
		const roles = cluster.spec.managed.roles.map(({ name }: Rendered) => name);
		const owners = database.filter(({ kind }) => kind === 'Database').map(({ spec }) => spec.owner);
		expect(owners).to.have.members(roles).and.have.length(3);
		for (const { spec } of database.filter(({ kind }) => kind === 'Database')) {
			expect(spec.name).to.equal(spec.owner);
			expect(spec.cluster.name).to.equal(cluster.metadata.name);
			expect(spec.databaseReclaimPolicy).to.equal('retain');
		}
	});

	it('has its database copied, and made anew from the copies under its own name with the roles it had', () => {
		const cluster = database.find(({ kind }) => kind === 'Cluster');
		const [store, schedule] = objects('infra/kubernetes/postgresql-backup.yaml') as [Rendered, Rendered];
		const [again] = objects('infra/kubernetes/postgresql-restore.yaml') as [Rendered];
		for (const { metadata } of [store, schedule, again]) expect(metadata).to.deep.equal(cluster.metadata);
		expect(schedule.spec.cluster.name).to.equal(cluster.metadata.name);
		expect(schedule.spec.schedule.split(' ')).to.have.length(6);
		expect(again.spec.managed).to.deep.equal(cluster.spec.managed);
		expect(again.spec.storage).to.deep.equal(cluster.spec.storage);
		const [source] = again.spec.externalClusters;
		expect(again.spec.bootstrap.recovery.source).to.equal(source.name);
		expect(source.plugin.parameters).to.deep.equal({
			barmanObjectName: store.metadata.name,
			serverName: cluster.metadata.name,
		});
		const [writes] = again.spec.plugins;
		expect(writes.parameters.barmanObjectName).to.equal(store.metadata.name);
		// It would write into the copies that it reads.
		expect(writes.parameters.serverName).to.not.equal(cluster.metadata.name);
	});

	it('names the Secrets that the page tells how to make', () => {
		const made = /for role in ([\w -]+); do/.exec(page)![1]!.split(' ');
		const named = rendered()
			.of('Deployment')
			.flatMap(({ spec }) => spec.template.spec.volumes)
			.filter(({ secret }: Rendered) => secret)
			.map(({ secret }: Rendered) => secret.secretName);
		expect(named).to.have.members(made);
	});
});
