import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Running, start, until } from './processes.ts';
import type { Programs } from './program-cache.ts';

/** The addresses that Services have. */
export const SERVICES = '10.96.0.0/16';
/** Who knocks at the API server, by name, with the groups Kubernetes itself gives them. */
const ACCOUNTS = {
	admin: ['admin', 'system:masters'],
	controllers: ['system:kube-controller-manager', ''],
	scheduler: ['system:kube-scheduler', ''],
	kubelet: ['system:node:bed', 'system:nodes'],
	proxy: ['system:kube-proxy', ''],
	simulator: ['simulator', 'system:masters'],
} as const;
export type Account = keyof typeof ACCOUNTS;

/** What the API server said. */
export interface Answer {
	readonly status: number;
	readonly text: string;
}

/** etcd, API server, controllers and scheduler, on loopback. */
export interface ControlPlane {
	/** Of the API server, as `https://127.0.0.1:PORT`. */
	readonly address: string;
	/** Of etcd, as `http://127.0.0.1:PORT`. */
	readonly etcd: string;
	/** A file that kubectl, helm and client libraries read. */
	kubeconfig(account: Account): string;
	/** What the API server answers to `GET path`, to its administrator or to nobody it knows. */
	get(path: string, who?: 'admin' | 'nobody'): Promise<Answer>;
	/** Makes an object, or changes it to this, by server-side apply. */
	apply(path: string, object: object): Promise<Answer>;
	remove(path: string): Promise<Answer>;
	readonly processes: { readonly [name in 'etcd' | 'apiServer' | 'controllers' | 'scheduler']: Running };
	/** Starts the API server again after it was killed, on its port and with its keys. */
	restartApiServer(): Running;
	close(): Promise<void>;
}

export interface ControlPlaneSettings {
	readonly programs: Programs;
	/** A new folder of its own; the caller throws it away. */
	readonly folder: string;
	/** What pods can reach; without a node there are none, and loopback stays the only one. */
	readonly address?: string;
	/** For nodes that are not there: nobody waits for their heartbeats. */
	readonly simulated?: boolean;
}

/** Starts a Kubernetes that has no node: everything can be written to it and is acted on, no pod runs. Resolves when it is ready. */
export async function startControlPlane(settings: ControlPlaneSettings): Promise<ControlPlane> {
	const { programs, folder } = settings;
	const at = settings.address ?? '127.0.0.1';
	const logs = join(folder, 'logs');
	const begun: Running[] = [];
	const run = (name: string, program: string, words: readonly string[]) => {
		const running = start(name, programs(program), words, logs);
		begun.push(running);
		return running;
	};
	const close = async () => {
		for (const running of begun.toReversed()) if (running.alive()) await running.stop();
	};
	try {
		const [client, peer, free, controllerPort, schedulerPort] = await freePorts(5);
		// At an address of its own it has the port that policies of the network know.
		const secure = settings.address ? 6443 : free;
		const keys = writeKeys(folder);
		const etcd = run('etcd', 'etcd', [
			'--name=bed',
			`--data-dir=${join(folder, 'etcd')}`,
			...urls('client', client!),
			...urls('peer', peer!),
			`--initial-cluster=bed=http://127.0.0.1:${peer}`,
			// What a test cluster forgets at a loss of power, nobody misses.
			'--unsafe-no-fsync',
			'--log-level=warn',
		]);
		const certificates = join(folder, 'certificates');
		const startApiServer = () =>
			run('apiserver', 'kube-apiserver', [
				`--etcd-servers=http://127.0.0.1:${client}`,
				`--bind-address=${at}`,
				`--secure-port=${secure}`,
				// Loopback is refused here; nobody follows this address where there is no node.
				`--advertise-address=${at === '127.0.0.1' ? '192.0.2.1' : at}`,
				`--cert-dir=${certificates}`,
				`--token-auth-file=${keys.tokens}`,
				'--authorization-mode=Node,RBAC',
				`--service-account-key-file=${keys.publicKey}`,
				`--service-account-signing-key-file=${keys.privateKey}`,
				'--service-account-issuer=https://kubernetes.default.svc',
				`--service-cluster-ip-range=${SERVICES}`,
				'--enable-admission-plugins=NodeRestriction',
				'--allow-privileged=true',
				'--kubelet-preferred-address-types=InternalIP',
				'--profiling=false',
			]);
		const apiServer = startApiServer();
		const address = `https://${at}:${secure}`;
		const authority = join(certificates, 'apiserver.crt');
		await until('The certificate of the API server', async () => statSync(authority).size > 0, apiServer);
		const kubeconfig = (account: Account) =>
			writeKubeconfig(folder, { account, address, authority, token: keys.tokenOf(account) });
		const asAdmin = { token: keys.tokenOf('admin') };
		const send = (path: string, question: Question) =>
			ask(`${address}${path}`, readFileSync(authority), question);
		const get = (path: string, who: 'admin' | 'nobody' = 'admin') =>
			send(path, { method: 'GET', ...(who === 'admin' ? asAdmin : { token: 'unknown' }) });
		await until('The API server', async () => (await get('/readyz')).status === 200, apiServer);
		const controllers = run('controllers', 'kube-controller-manager', [
			...as(kubeconfig('controllers')),
			`--service-account-private-key-file=${keys.privateKey}`,
			`--root-ca-file=${authority}`,
			'--use-service-account-credentials=true',
			'--leader-elect=false',
			'--bind-address=127.0.0.1',
			`--secure-port=${controllerPort}`,
			`--cert-dir=${join(folder, 'controllers')}`,
			'--kube-api-qps=500',
			'--kube-api-burst=1000',
			...(settings.simulated ? ['--node-monitor-grace-period=24h'] : []),
		]);
		const scheduler = run('scheduler', 'kube-scheduler', [
			...as(kubeconfig('scheduler')),
			'--leader-elect=false',
			'--bind-address=127.0.0.1',
			`--secure-port=${schedulerPort}`,
			`--cert-dir=${join(folder, 'scheduler')}`,
		]);
		const account = '/api/v1/namespaces/default/serviceaccounts/default';
		await until('The controllers', async () => (await get(account)).status === 200, controllers);
		const processes = { etcd, apiServer, controllers, scheduler };
		return {
			address,
			etcd: `http://127.0.0.1:${client}`,
			kubeconfig,
			get,
			apply: (path, object) =>
				send(`${path}?fieldManager=bed&force=true`, {
					method: 'PATCH',
					...asAdmin,
					body: JSON.stringify(object),
				}),
			remove: (path) => send(path, { method: 'DELETE', ...asAdmin }),
			processes,
			restartApiServer() {
				processes.apiServer = startApiServer();
				return processes.apiServer;
			},
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

function urls(who: 'client' | 'peer', port: number): string[] {
	const url = `http://127.0.0.1:${port}`;
	return who === 'client'
		? [`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`]
		: [`--listen-peer-urls=${url}`, `--initial-advertise-peer-urls=${url}`];
}

function as(kubeconfig: string): string[] {
	return ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
		(name) => `--${name}=${kubeconfig}`,
	);
}

/** Ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
	const servers = await Promise.all(
		Array.from({ length: count }, async () => {
			const server = createServer().listen(0, '127.0.0.1');
			await new Promise((resolve) => server.once('listening', resolve));
			return server;
		}),
	);
	const ports = servers.map((server) => (server.address() as { port: number }).port);
	await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
	return ports;
}

function writeKeys(folder: string) {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const file = (name: string) => join(folder, name);
	const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const write = (name: string, text: string | Buffer) => {
		writeFileSync(file(name), text, { mode: 0o600 });
		return file(name);
	};
	const tokens = new Map(Object.keys(ACCOUNTS).map((name) => [name, randomBytes(16).toString('hex')]));
	const rows = Object.entries(ACCOUNTS).map(
		([name, [user, group]]) => `${tokens.get(name)},${user},${name},${group}`,
	);
	return {
		privateKey: write('accounts.key', privateKey.export({ type: 'pkcs8', format: 'pem' })),
		publicKey: write('accounts.pub', publicKey.export({ type: 'spki', format: 'pem' })),
		tokens: write('tokens.csv', `${rows.join('\n')}\n`),
		tokenOf: (account: Account) => tokens.get(account)!,
	};
}

function writeKubeconfig(
	folder: string,
	{
		account,
		address,
		authority,
		token,
	}: { account: Account; address: string; authority: string; token: string },
): string {
	const file = join(folder, `${account}.kubeconfig`);
	if (existsSync(file)) return file;
	const named = (what: string, value: object) => [{ name: 'bed', [what]: value }];
	writeFileSync(
		file,
		JSON.stringify({
			apiVersion: 'v1',
			kind: 'Config',
			clusters: named('cluster', { server: address, 'certificate-authority': authority }),
			users: named('user', { token }),
			contexts: named('context', { cluster: 'bed', user: 'bed' }),
			'current-context': 'bed',
		}),
		{ mode: 0o600 },
	);
	return file;
}

interface Question {
	readonly method: 'GET' | 'PATCH' | 'DELETE';
	readonly token: string;
	/** JSON, which is YAML too; the API server knows server-side apply by that name. */
	readonly body?: string;
}

function ask(url: string, ca: Buffer, { method, token, body }: Question): Promise<Answer> {
	const headers = {
		authorization: `Bearer ${token}`,
		...(body === undefined ? {} : { 'content-type': 'application/apply-patch+yaml' }),
	};
	return new Promise((resolve, reject) => {
		const asked = request(url, { ca, method, headers, timeout: 5_000 }, (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (piece: string) => {
				text += piece;
			});
			response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
			response.once('error', reject);
		});
		asked.once('timeout', () => asked.destroy(new Error('no answer')));
		asked.once('error', reject);
		asked.end(body);
	});
}
