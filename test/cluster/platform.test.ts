import { Resolver } from 'node:dns/promises';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoDeck } from '@understory/sip2/deck.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import { parse } from 'yaml';
import { freshDatabase } from '../../packages/town/src/test-postgres.ts';
import { DOMAIN, until } from '../e2e/platform/bed.ts';
import { type Edge, startEdge } from '../e2e/platform/edge.ts';
import { platformSteps } from '../e2e/platform/steps.ts';
import { Visitor } from '../e2e/visitor.ts';
import { comeIn, signIn, write } from '../e2e/walk.ts';
import { ADDRESS, type Cluster, startCluster } from './bed/node.ts';
import { bedOrSkip } from './bed/skip.ts';
import { type Forward, forward } from './fixtures/forward.ts';
import { IMAGE, imageArchive } from './fixtures/image.ts';
import { asWritten, commandsBelow } from './fixtures/page-commands.ts';
import { readyTools } from './tools.ts';

const REPOSITORY = new URL('../../', import.meta.url);
const PAGE = new URL('docs/library-it/kubernetes.md', REPOSITORY);
/** The namespace of what belongs to the library alone. */
const LIBRARY = 'understory-library-anytown';
const ROLES = ['provisioner', 'sso-bridge', 'accountability'] as const;

interface Route {
	readonly metadata: { readonly name: string };
	readonly spec: { readonly hostnames: readonly string[] };
}

describe('a platform on a cluster', function () {
	this.timeout(240_000);
	// It is one story.
	this.bail(true);
	let cluster: Cluster;
	let folder: string;
	let edge: Edge;
	let ils: Ils;
	let variables: Record<string, string>;
	let adminToken: string;
	const forwards: Forward[] = [];
	/** Host name of a branch -> the home it lives in. */
	const homeOf = new Map<string, string>();
	const deck = demoDeck('cluster');
	const good = (role: 'patron' | 'host') =>
		deck.filter((one) => one.role === role && one.state === 'good' && one.kind === 'adult');
	const at = (branch: string, path = '') => `https://${branch}.anytown.${DOMAIN}${path}`;
	const visitor = () => new Visitor(edge.port);
	let teo: Visitor;
	let wendell: Visitor;

	const asOnThePage = (heading: string, change: (commands: string) => string = (same) => same) =>
		asWritten(commandsBelow(PAGE, heading).map(change), { folder, variables });
	const kubectl = async (words: string) =>
		(await asWritten([`kubectl ${words}`], { folder, variables })).trim();

	/** Where the pod of a Service is, by the cluster's own names. */
	async function podOf(service: string): Promise<string> {
		const names = new Resolver();
		names.setServers([ADDRESS]);
		const [address] = await names.resolve4(`${service}.svc.cluster.local`);
		return address!;
	}
	function serviceOf(host: string): string {
		if (host === `console.${DOMAIN}`) return 'understory-provisioner.understory';
		if (host.startsWith('card.')) return 'understory-sso-bridge.understory';
		if (host.startsWith('accountability.')) return 'understory-accountability.understory';
		const home = homeOf.get(host) ?? 'nobody';
		return `${home}.${home.startsWith('branch-') ? LIBRARY : 'understory-homes'}`;
	}
	const { api, made, done, openBranch, goLive, open } = platformSteps({
		edgePort: () => edge.port,
		adminToken: () => adminToken,
		seconds: 120,
	});
	/** The pod that is ready behind a label, by its own name. */
	const podNamed = (namespace: string, selector: string) =>
		kubectl(
			`get pods --namespace ${namespace} --selector ${selector} --output jsonpath='{.items[*].metadata.name}'`,
		);

	before(async function () {
		const bed = await bedOrSkip(this);
		const tools = await readyTools();
		folder = join(bed.folder, 'page');
		mkdirSync(folder);
		for (const part of ['charts', 'infra'])
			symlinkSync(fileURLToPath(new URL(part, REPOSITORY)), join(folder, part));
		cluster = await startCluster(bed);
		await cluster.importImage(imageArchive());
		await cluster.apply('/apis/storage.k8s.io/v1/storageclasses/standard', {
			apiVersion: 'storage.k8s.io/v1',
			kind: 'StorageClass',
			provisioner: 'understory.test/folder',
			metadata: {
				name: 'standard',
				annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
			},
		});
		const routes = parse(readFileSync(bed.programs('httproutes.yaml'), 'utf8'));
		await cluster.apply(
			`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${routes.metadata.name}`,
			routes,
		);

		edge = await startEdge(async (host) => ({ address: await podOf(serviceOf(host)), port: 8080 }), ADDRESS);
		ils = await startIls({ deck });
		const databases: string[] = [];
		for (const role of ROLES) {
			const url = new URL(await freshDatabase(`cluster_${role.replace('-', '_')}`));
			const passed = await forward(Number(url.port));
			forwards.push(passed);
			url.host = `${passed.host}:${passed.port}`;
			databases.push(url.href);
		}
		const values = {
			domain: DOMAIN,
			homes: { values: { route: { hosts: [`*.anytown.${DOMAIN}`] } } },
			edge: `${ADDRESS}:${edge.tlsPort}`,
			authorities: readFileSync(edge.authority, 'utf8'),
			image: IMAGE,
			accountability: { publish: 'now', minimumPopulation: 0 },
			network: { gatewayRanges: ['10.88.0.0/16'], apiServer: { ranges: [`${ADDRESS}/32`] } },
		};
		writeFileSync(join(folder, 'bed.json'), JSON.stringify(values));
		writeFileSync(
			join(folder, '.curlrc'),
			`connect-to = "console.${DOMAIN}:443:${ADDRESS}:${edge.tlsPort}"\ncacert = "${edge.authority}"\n`,
		);
		variables = {
			PATH: `${dirname(tools.helm)}:${process.env.PATH}`,
			KUBECONFIG: cluster.kubeconfig('admin'),
			PROVISIONER_DATABASE: databases[0]!,
			BRIDGE_DATABASE: databases[1]!,
			SITE_DATABASE: databases[2]!,
			CONSOLE: `https://console.${DOMAIN}`,
		};
	});
	after(async () => {
		await cluster?.close();
		for (const one of forwards) await one.close();
		await edge?.close();
		await ils?.close();
	});

	afterEach(async function () {
		if (this.currentTest?.state !== 'failed') return;
		for (const words of [
			'get pods --all-namespaces --output wide',
			'get events --all-namespaces',
			'logs deployment/understory-provisioner --namespace understory --tail 30',
			'logs deployment/home-1 --namespace understory-homes --tail 30',
			`logs --selector app.kubernetes.io/component=home --namespace ${LIBRARY} --tail 30`,
		])
			console.error(await kubectl(words).catch((error: Error) => error.message));
	});

	it('stands after the commands of the page for library IT, each role ready', async () => {
		await asOnThePage('1.');
		await asOnThePage('3.');
		const said = await asOnThePage('4.', (commands) =>
			commands.replace(/(--values \S+)/, '$1 --values bed.json'),
		);
		for (const role of ROLES)
			expect(said).to.match(new RegExp(`"?understory-${role}"? successfully rolled out`));
		adminToken = readFileSync(join(folder, 'secrets/provisioner/admin-token'), 'utf8').trim();
	});

	it('has a library with a branch after them, in a home that the provisioner started with its own rights', async () => {
		const [first] = commandsBelow(PAGE, '5.');
		const said = await asWritten([first!], { folder, variables });
		expect(said).to.include('"anytown"');
		const { body } = await api('GET', '/libraries/anytown/branches/belmont');
		homeOf.set(`belmont.anytown.${DOMAIN}`, body.home.name ?? 'home-1');
		await open(visitor(), at('belmont', '/'), 'Belmont');
		expect(await asOnThePage('5.', (commands) => (commands.startsWith('kubectl') ? commands : ''))).to.match(
			/^home-1-\S+\s+1\/1\s+Running/m,
		);
	});

	it('gives a branch that wants it a home of its own, another pod with another volume, in the namespace of its library', async () => {
		await done(
			await made('POST', '/libraries/anytown/branches', {
				slug: 'kenton',
				name: 'Kenton',
				address: { street: '2 Main St', city: 'Anytown', region: 'OR', postcode: '97217' },
				phone: null,
				home: 'dedicated',
			}),
		);
		const { body } = await api('GET', '/libraries/anytown/branches/kenton');
		expect(body.home).to.include({ kind: 'dedicated' });
		homeOf.set(`kenton.anytown.${DOMAIN}`, body.home.name);
		for (const [slug, name] of [
			['belmont', 'Belmont'],
			['kenton', 'Kenton'],
		] as const) {
			await openBranch(slug);
			await open(visitor(), at(slug, '/'), name);
		}
		const inEach = async (kind: string) =>
			(await Promise.all(
				['understory-homes', LIBRARY].map(async (namespace) =>
					JSON.parse(await kubectl(`get ${kind} --namespace ${namespace} --output json`)),
				),
			)) as { items: Route[] }[];
		const claims = await inEach('pvc');
		expect(claims.map(({ items }) => items.map(({ metadata }) => metadata.name))).to.deep.equal([
			['home-1'],
			[body.home.name],
		]);
		const routes = { items: (await inEach('httproutes')).flatMap(({ items }) => items) };
		expect(
			Object.fromEntries(routes.items.map(({ metadata, spec }: Route) => [metadata.name, spec.hostnames])),
		).to.deep.equal({
			'home-1': [`*.anytown.${DOMAIN}`],
			[body.home.name]: [`kenton.anytown.${DOMAIN}`],
		});
	});

	it('lets people in with their library cards', async () => {
		const catalogue = await forward(ils.port);
		forwards.push(catalogue);
		const { host, port } = catalogue;
		await goLive({ kind: 'sip2', host, port, plain_text: true }, good('host').at(-1)!);
		[teo, wendell] = [visitor(), visitor()];
		// What library IT said travels to the bridge, and is there a moment later.
		const early = visitor();
		await until(
			'a card that is taken',
			() => signIn(early, at('belmont'), good('host')[0]!),
			({ text }) => !text.includes('Sign-in is not open yet'),
			60,
		);
		await comeIn(teo, at('belmont'), good('patron')[0]!, 'Teo');
		await comeIn(wendell, at('kenton'), good('patron')[1]!, 'Wendell');
	});

	it('carries a post for the neighborhood from the pod of one branch to that of the other', async () => {
		const [here, there] = await Promise.all(
			['belmont', 'kenton'].map((branch) => podOf(serviceOf(`${branch}.anytown.${DOMAIN}`))),
		);
		expect(here).to.not.equal(there);
		await write(teo, at('belmont'), 'Found on Denver Avenue: one red rain boot.', 'neighborhood');
		await open(wendell, at('kenton', '/board/neighborhood'), 'one red rain boot');
	});

	it('goes on serving without its provisioner, and takes everything up when that is back', async () => {
		await kubectl('scale deployment understory-provisioner --namespace understory --replicas=0');
		await write(wendell, at('kenton'), 'Nobody provisions, and we read on.', 'neighborhood');
		await open(teo, at('belmont', '/board/neighborhood'), 'we read on');
		await kubectl('scale deployment understory-provisioner --namespace understory --replicas=1');
		await kubectl('rollout status deployment understory-provisioner --namespace understory --timeout 2m');
		const { body } = await api('GET', '/libraries/anytown/branches/kenton');
		expect(body.stage).to.not.equal('unopened');
	});

	it('loses nothing when the pods of bridge and home are taken away: they come back on their volumes', async () => {
		const before = await podNamed('understory', 'app.kubernetes.io/component=sso-bridge');
		await kubectl('delete pod --namespace understory --selector app.kubernetes.io/component=sso-bridge');
		await kubectl('delete pod --namespace understory-homes --selector app.kubernetes.io/instance=home-1');
		await kubectl('rollout status deployment understory-sso-bridge --namespace understory --timeout 2m');
		await kubectl('rollout status deployment home-1 --namespace understory-homes --timeout 2m');
		expect(await podNamed('understory', 'app.kubernetes.io/component=sso-bridge')).to.not.equal(before);
		await open(teo, at('belmont', '/home'), 'one red rain boot');
		const marguerite = visitor();
		await open(marguerite, at('belmont', '/signin'), 'Sign in with your library card');
		await comeIn(marguerite, at('belmont'), good('patron')[2]!, 'Dov');
	});
});
