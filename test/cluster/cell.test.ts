import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { silentLog } from '@understory/core/log.ts';

import { expect } from 'chai';
import { parse } from 'yaml';
import { type Rendered, type Renderer, renderer } from '../../charts/test/fixtures/render.ts';
import type { HomeDriver, HomeSpec } from '../../packages/provisioner/src/drivers/driver.ts';
import { SAYS } from '../../packages/provisioner/src/drivers/helm/helm-faults.ts';
import { libraryBinding } from '../../packages/provisioner/src/drivers/helm/library-namespaces.ts';
import { IN_LIBRARIES, inWholeCluster } from '../../packages/provisioner/src/drivers/helm/needed-rights.ts';
import { homesOnKubernetes } from '../../packages/roles/src/homes-on-kubernetes.ts';
import { type ControlPlane, startControlPlane } from './bed/control-plane.ts';
import { until } from './bed/processes.ts';
import { bedOrSkip, newBed } from './bed/skip.ts';
import { eachOf, exactRights } from './fixtures/exact-rights.ts';
import { homeLeases } from './fixtures/home-leases.ts';
import { asWritten, commandsBelow } from './fixtures/page-commands.ts';
import { releaseBook } from './fixtures/release-book.ts';
import { readyTools, type Tools } from './tools.ts';

const run = promisify(execFile);
const REPOSITORY = new URL('../../', import.meta.url);
const PAGE = new URL('docs/library-it/kubernetes.md', REPOSITORY);
const VALUES = new URL('infra/kubernetes/cell.yaml', REPOSITORY);
const HOME: Omit<HomeSpec, 'enrolmentToken'> = {
	name: 'branch-belmont',
	kind: 'dedicated',
	host: 'belmont.anytown.example',
};

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
		writeFileSync(join(folder, 'east.json'), readFileSync(join(folder, 'secrets/cells/cell-east.json')));
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

	describe('the provisioner there', () => {
		let namespace: string;
		/** The driver of the cell of this name, as the role makes it. */
		const cell = async (name = 'east', shared = 'understory-homes'): Promise<HomeDriver> => {
			const { driverOfCell } = await homesOnKubernetes(
				{
					...{ kind: 'helm', helm: tools.helm, charts: fileURLToPath(new URL('charts', REPOSITORY)) },
					...{ kubeconfig: west.kubeconfig('admin'), cells: folder, namespace: shared },
					values: { image: { repository: 'localhost/stand-in', tag: '1', pullSecrets: ['registry'] } },
					...{ libraries: null, platformRoutes: null, releases: null },
				},
				{ folder: join(folder, 'data'), log: silentLog },
			);
			return driverOfCell(name, {
				namespaceOf: async (home) => (home === HOME.name ? { namespace, library: 'anytown' } : null),
				specOf: async () => HOME,
				releases: await releaseBook(),
				leases: await homeLeases(),
			});
		};
		const tried = async (driver: HomeDriver) =>
			driver.tryOut!().then(
				() => 'it is a cell',
				(error: Error) => error.message,
			);
		/** Writes the files of a cell: a kubeconfig, and beside it what is others there. */
		const write = (
			name: string,
			config: object | string,
			values = readFileSync(join(folder, 'cell-east.json')),
		) => {
			const text = typeof config === 'string' ? config : JSON.stringify(config);
			writeFileSync(join(folder, `cell-${name}.kubeconfig`), text, { mode: 0o600 });
			writeFileSync(join(folder, `cell-${name}.json`), values);
		};

		before(async () => {
			write('east', readFileSync(kubeconfig, 'utf8'), readFileSync(join(folder, 'east.json')));
			await east.apply('/api/v1/namespaces/understory-homes/secrets/registry', {
				...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'registry' } },
				stringData: { kept: 'in the east' },
			});
			namespace = (await (await cell()).namespaceFor!('anytown', 'east'))!;
		});

		it('tries the cluster, and finds all that homes need', async () => {
			expect(await tried(await cell())).to.equal('it is a cell');
		});

		it('starts a home of a library in the library’s namespace, with copies of the Secrets of that cluster, and has there exactly what is listed', async () => {
			expect(namespace).to.equal('understory-library-anytown');
			// No node is in this cluster: it gets as far as its Deployment.
			const begun = (await cell()).start({ ...HOME, enrolmentToken: 'once' }).catch(() => undefined);
			const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${HOME.name}`;
			await until('The home', async () => (await east.get(path)).status === 200, east.processes.apiServer);
			void begun;
			const copy = JSON.parse((await east.get(`/api/v1/namespaces/${namespace}/secrets/registry`)).text);
			expect(Buffer.from(copy.data.kept, 'base64').toString()).to.equal('in the east');
			const { metadata } = JSON.parse((await east.get(`/api/v1/namespaces/${namespace}`)).text);
			expect(metadata.labels).to.include({
				'understory/platform': 'understory',
				'understory/library': 'anytown',
			});
			const rights = await exactRights(kubectl, { kubeconfig, nobody }, namespace);
			const role = 'understory-understory-library';
			const listed = [...eachOf(IN_LIBRARIES as never), ...eachOf(inWholeCluster(role) as never)];
			expect(rights).to.deep.equal(listed.toSorted());
			expect(await exactRights(kubectl, { kubeconfig, nobody }, 'default')).to.deep.equal(
				eachOf(inWholeCluster(role) as never).toSorted(),
			);
		});

		it('is held there to namespaces of its own', async () => {
			const binding = libraryBinding(
				{
					role: 'understory-understory-library',
					account: { name: 'understory-provisioner', namespace: 'understory' },
				},
				{ name: 'mine', namespace: 'kube-system' },
			);
			const words = ['apply', '--server-side', '--validate=false', '--filename', '-'];
			const said = await kubectl(words, JSON.stringify(binding), kubeconfig).catch(
				(error: { stderr: string }) => error.stderr,
			);
			expect(said).to.include('The namespace kube-system is not one of this platform');
		});

		it('works in one namespace as before in a cell that says nothing of libraries', async () => {
			const { libraries: _none, ...values } = JSON.parse(
				readFileSync(join(folder, 'cell-east.json'), 'utf8'),
			);
			write('plain', readFileSync(kubeconfig, 'utf8'), Buffer.from(JSON.stringify(values)));
			const plain = await cell('plain');
			expect(await tried(plain)).to.equal('it is a cell');
			expect(plain.namespaceFor).to.equal(undefined);
		});

		describe('says what is wrong and what helps, and places nothing:', () => {
			const config = () => JSON.parse(readFileSync(kubeconfig, 'utf8'));

			it('no kubeconfig, one that is none, one that leads nowhere, and a token that nobody knows', async () => {
				expect(await cell('west').catch((error: Error) => error.message)).to.match(
					/^There is no file cell-west/,
				);
				write('letter', 'Dear provisioner,');
				expect(await cell('letter').catch((error: Error) => error.message)).to.equal(SAYS.kubeconfig);
				const nowhere = config();
				nowhere.clusters[0].cluster.server = 'https://127.0.0.1:1';
				write('nowhere', nowhere);
				expect(await tried(await cell('nowhere'))).to.equal(SAYS.silent);
				const stranger = config();
				stranger.users[0].user.token = 'nobody';
				write('stranger', stranger);
				expect(await tried(await cell('stranger'))).to.equal(SAYS.unknown);
			});

			it('a namespace that is not there, whoever asks', async () => {
				expect(await tried(await cell('east', 'elsewhere'))).to.match(
					/^The account of this kubeconfig may do nothing in the namespace elsewhere .* Install charts\/cell there/,
				);
				write('admin', readFileSync(east.kubeconfig('admin'), 'utf8'));
				expect(await tried(await cell('admin', 'elsewhere'))).to.equal(SAYS.noNamespace);
			});

			it('a kubeconfig of somebody else than who is to get rights', async () => {
				expect(await tried(await cell('admin'))).to.match(
					/^The kubeconfig is that of admin, .* system:serviceaccount:understory:understory-provisioner/,
				);
			});

			/** Has an object be another one, or gone, until that is said when the cell is tried; then it is as it was. */
			async function whileOtherwise(path: string, change: ((object: Rendered) => void) | null, says: RegExp) {
				const there: Rendered = JSON.parse((await east.get(path)).text);
				const { apiVersion, kind, metadata, rules, spec } = there;
				const whole = {
					apiVersion,
					kind,
					metadata: { name: metadata.name },
					...(rules ? { rules } : { spec }),
				};
				const other = structuredClone(whole);
				change?.(other);
				await (change ? east.apply(path, other) : east.remove(path));
				const driver = await cell();
				let said = '';
				const holds = async (wanted: RegExp) => {
					said = await tried(driver);
					return wanted.test(said);
				};
				await until(`${says}`, () => holds(says), east.processes.apiServer, 20).catch(() => undefined);
				expect(said).to.match(says);
				await east.apply(path, whole);
				await until('The cell', () => holds(/^it is a cell$/), east.processes.apiServer, 20);
			}
			const without = (right: string) => (object: Rendered) => {
				const [verb, about] = right.split(' ') as [string, string];
				for (const rule of object.rules)
					if (about === 'all' || rule.resources.includes(about))
						rule.verbs = rule.verbs.filter((one: string) => one !== verb);
			};
			const rbac = '/apis/rbac.authorization.k8s.io/v1';

			it('each verb that is missing in the namespace of homes, with what it is about', async () => {
				const role = `${rbac}/namespaces/understory-homes/roles/understory-homes`;
				const start = 'In the namespace understory-homes of its cluster the account of this kubeconfig lacks';
				for (const verb of ['get', 'watch', 'create', 'update', 'patch', 'delete'])
					await whileOtherwise(
						role,
						without(`${verb} all`),
						new RegExp(`^${start} ${verb} of .* Install charts/cell`),
					);
				await whileOtherwise(
					role,
					without('delete deployments'),
					new RegExp(`^${start} delete of deployments\\.apps\\. Install charts/cell`),
				);
			});

			it('each right that is missing in the whole cluster', async () => {
				const role = `${rbac}/clusterroles/understory-understory-namespaces`;
				for (const [right, of] of [
					...[
						['create namespaces', 'namespaces'],
						['patch namespaces', 'namespaces'],
					],
					['patch rolebindings', 'rolebindings\\.rbac\\.authorization\\.k8s\\.io'],
					...['bind', 'get'].map((verb) => [
						`${verb} clusterroles`,
						'clusterroles\\.rbac\\.authorization\\.k8s\\.io understory-understory-library',
					]),
				] as [string, string][])
					await whileOtherwise(
						role,
						without(right),
						new RegExp(
							`^In its whole cluster .* lacks ${right.split(' ')[0]} of ${of}, and namespaces .* Or take "libraries"`,
						),
					);
			});

			it('a ClusterRole of libraries that gives too little, or is not there', async () => {
				const role = `${rbac}/clusterroles/understory-understory-library`;
				await whileOtherwise(
					role,
					without('patch deployments'),
					/^The ClusterRole \S+ of that cluster lacks patch of deployments\.apps\./,
				);
				await whileOtherwise(
					role,
					null,
					/^The ClusterRole understory-understory-library is not in that cluster, .* Or take "libraries"/,
				);
			});

			it('an admission policy that is not there', async () => {
				const path =
					'/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/understory-understory-namespaces';
				await whileOtherwise(
					path,
					null,
					/^Nothing in that cluster holds the account to namespaces of its own: the admission policy .* is missing/,
				);
			});
		});
	});
});
