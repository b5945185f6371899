import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type Rendered, type Renderer, renderer } from '../../charts/test/fixtures/render.ts';
import { type ControlPlane, startControlPlane } from './bed/control-plane.ts';
import { bedOrSkip, newBed } from './bed/skip.ts';
import { eachOf, exactRights } from './fixtures/exact-rights.ts';
import { asWritten, commandsBelow } from './fixtures/page-commands.ts';
import { readyTools, type Tools } from './tools.ts';

const run = promisify(execFile);
const REPOSITORY = new URL('../../', import.meta.url);
const PAGE = new URL('docs/library-it/kubernetes.md', REPOSITORY);
const VALUES = new URL('infra/kubernetes/cell.yaml', REPOSITORY);

describe('a second cluster that is made a cell by the commands of the page', function () {
	this.timeout(180_000);
	let west: ControlPlane;
	let east: ControlPlane;
	let tools: Tools;
	let charts: Renderer;
	let folder: string;
	let kubeconfig: string;
	/** An account of that cluster that was given nothing. */
	let nobody: string;

	const kubectl = async (words: readonly string[], input = '', who = east.kubeconfig('admin')) => {
		const child = run(tools.kubectl, ['--kubeconfig', who, ...words], { env: { HOME: '/nowhere' } });
		child.child.stdin?.end(input);
		return (await child).stdout;
	};
	/** Runs blocks of the page, from the first to the last of them. */
	const asOnThePage = (first: number, last = first) =>
		asWritten(commandsBelow(PAGE, 'More than one cluster').slice(first, last + 1), {
			folder,
			variables: {
				PATH: `${dirname(tools.helm)}:${process.env.PATH}`,
				KUBECONFIG: west.kubeconfig('admin'),
				EAST: east.kubeconfig('admin'),
			},
		});
	const withToken = (token: string, name: string) => {
		const config = JSON.parse(readFileSync(kubeconfig, 'utf8'));
		config.users[0].user = { token: token.trim() };
		const file = join(folder, name);
		writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
		return file;
	};

	before(async function () {
		const bed = await bedOrSkip(this);
		tools = await readyTools();
		charts = renderer(tools);
		folder = join(bed.folder, 'page');
		mkdirSync(folder);
		for (const part of ['charts', 'infra'])
			symlinkSync(fileURLToPath(new URL(part, REPOSITORY)), join(folder, part));
		const started = await Promise.allSettled([startControlPlane(bed), startControlPlane(await newBed())]);
		[west, east] = started.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as [
			ControlPlane,
			ControlPlane,
		];
		for (const one of started) if (one.status === 'rejected') throw one.reason;
		const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'understory' } };
		await west.apply('/api/v1/namespaces/understory', namespace);
		const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'provisioner' } };
		await west.apply('/api/v1/namespaces/understory/secrets/provisioner', {
			...secret,
			stringData: { 'platform-key': 'kept' },
		});
		await asOnThePage(0, 1);
		kubeconfig = join(folder, 'east.kubeconfig');
		writeFileSync(kubeconfig, readFileSync(join(folder, 'secrets/cells/cell-east.kubeconfig')), {
			mode: 0o600,
		});
		nobody = withToken(await kubectl(['create', 'token', 'default', '--namespace', 'default']), 'nobody');
	});
	after(() => Promise.all([west?.close(), east?.close()]));

	it('has a place for homes that is restricted, closed and limited', async () => {
		const read = async (path: string): Promise<Rendered> => JSON.parse((await east.get(path)).text);
		const { metadata } = await read('/api/v1/namespaces/understory-homes');
		expect(metadata.labels).to.include({ 'pod-security.kubernetes.io/enforce': 'restricted' });
		const closed = '/apis/networking.k8s.io/v1/namespaces/understory-homes/networkpolicies/understory-closed';
		expect((await read(closed)).spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
		const quota = '/api/v1/namespaces/understory-homes/resourcequotas/understory-homes';
		expect((await read(quota)).spec.hard).to.include({ 'services.loadbalancers': '0' });
	});

	it('lets the provisioner in by the kubeconfig that the page makes, as its account and nobody else', async () => {
		const whoami = async (who: string) =>
			JSON.parse(await kubectl(['auth', 'whoami', '--output', 'json'], '', who)).status.userInfo.username;
		expect(await whoami(kubeconfig)).to.equal('system:serviceaccount:understory:understory-provisioner');
		await asOnThePage(2);
		const bound = readFileSync(join(folder, 'secrets/cells/token'), 'utf8');
		const { exp } = JSON.parse(Buffer.from(bound.split('.')[1]!, 'base64url').toString());
		expect(exp * 1_000, 'it runs out').to.be.greaterThan(Date.now());
		expect(await whoami(withToken(bound, 'bound'))).to.equal(await whoami(kubeconfig));
	});

	it('lets it do there exactly what its chart lists, and in a stranger’s namespace what it may everywhere and no more', async () => {
		const rendered = charts.render('cell', parse(readFileSync(VALUES, 'utf8')), 'understory', 'understory');
		const inHomes = eachOf(rendered.one('Role').rules);
		const everywhere = eachOf(rendered.one('ClusterRole', 'understory-understory-namespaces').rules);
		expect(everywhere).to.have.length(6);
		const rights = (namespace: string) => exactRights(kubectl, { kubeconfig, nobody }, namespace);
		expect(await rights('understory-homes')).to.deep.equal([...inHomes, ...everywhere].sort());
		for (const namespace of ['understory', 'kube-system', 'default'])
			expect(await rights(namespace), namespace).to.deep.equal(everywhere.toSorted());
	});

	it('is known to the provisioner then: its Secret has both files besides what it had', async () => {
		await asOnThePage(3);
		const secret = JSON.parse((await west.get('/api/v1/namespaces/understory/secrets/provisioner')).text);
		const files = Object.fromEntries(
			Object.entries<string>(secret.data).map(([name, value]) => [
				name,
				Buffer.from(value, 'base64').toString(),
			]),
		);
		expect(files['platform-key']).to.equal('kept');
		expect(files['cell-east.kubeconfig']).to.equal(readFileSync(kubeconfig, 'utf8'));
		const { platform, libraries } = JSON.parse(files['cell-east.json']!);
		expect(platform).to.include({ servicesUnder: 'svc.east.example', namespace: 'understory' });
		expect(libraries.role).to.equal('understory-understory-library');
	});
});
