import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readlinkSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../../../packages/town/src/postgres.ts';
import { freePort } from '../../../packages/town/src/postgres-process.ts';
import { until } from '../../../test/e2e/platform/bed.ts';
import { answerSystemctl } from './answer-systemctl.ts';
import { readUnit, startOf, variablesIn } from './units.ts';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const DOMAIN = 'library.example';
export type MachineRole = 'provisioner' | 'sso-bridge' | 'accountability';
const ROLES: readonly MachineRole[] = ['provisioner', 'sso-bridge', 'accountability'];

/** What came back over TLS. */
export interface Answer {
	readonly status: number;
	readonly text: string;
	/** Names in the certificate that was shown. */
	readonly certified: string;
}

/** What the doctor found, as far as is looked at here. */
export interface Found {
	readonly check: string;
	readonly where: string;
	readonly wrong: string;
}

/** One machine as the page for library IT sets it up, on other ports: real PostgreSQL, real Caddy with an authority of its own, roles as their units start them. */
export interface MachineBed {
	readonly adminToken: string;
	readonly homePort: number;
	/** Asks the machine at its door. Rejects when the door shows no certificate for the name. */
	ask(
		hostname: string,
		path: string,
		options?: { method?: string; token?: string; body?: object },
	): Promise<Answer>;
	start(role: MachineRole): void;
	/** The file in which the provisioner says where branches live that are not in the first home. */
	edgeHomes(): string;
	/** As systemd does when that file changes. */
	reloadCaddy(): Promise<void>;
	/** Ends a role and waits until it has ended. */
	end(role: MachineRole, signal: NodeJS.Signals): Promise<void>;
	/** Upgrades the machine to the same programs in a folder of their own, as the page says; answers with what the command said. Throws when it did not end with 0. */
	upgrade(): Promise<string>;
	/** Where the link of the installed version leads. */
	installed(): string;
	/** What `understory doctor` finds on this machine. */
	doctor(): Promise<Found[]>;
	/** What Caddy and the roles wrote. */
	said(): string;
	close(): Promise<void>;
}

/** Sets the machine up and starts all of it. */
export async function startMachine(): Promise<MachineBed> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-machine-'));
	const etc = join(folder, 'etc');
	const postgres = await startPostgres({ folder: join(folder, 'postgres'), careless: true });
	const listening = new URL(await postgres.urlFor('setup')).host;
	const make = [join(HERE, 'make.ts'), '--domain', DOMAIN, '--postgresql', listening, '--folder', etc];
	await promisify(execFile)(process.execPath, make);
	const password = readFileSync(join(folder, 'postgres', 'password'), 'utf8');
	const administrator = `postgres://postgres:${password}@${listening}/postgres`;
	await runStatements(administrator, join(etc, 'postgresql.sql'));
	const installed = join(folder, 'understory');
	symlinkSync(ROOT, installed);

	const names = ['8080', '8081', '8082', '8090', '443', '80', '2019'] as const;
	const ports = new Map<string, number>();
	for (const usual of names) ports.set(usual, await freePort());
	const portOf = (usual: (typeof names)[number]) => ports.get(usual)!;
	for (const role of ROLES) {
		const file = join(etc, `${role}.env`);
		const moved = readFileSync(file, 'utf8').replace(/(?<=[=:])(?:8080|8081|8082|8090|443)$/gm, (usual) =>
			String(portOf(usual as (typeof names)[number])),
		);
		writeFileSync(file, moved);
	}
	let said = '';
	const running = new Map<string, ChildProcess>();
	const run = (
		name: string,
		program: string,
		words: readonly string[],
		cwd: string,
		env: NodeJS.ProcessEnv,
	) => {
		const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (chunk: Buffer) => {
				said += chunk.toString();
			});
		}
		running.set(name, child);
	};

	const edgeFolder = join(folder, 'run', 'understory-edge');
	mkdirSync(edgeFolder, { recursive: true });
	const forCaddy: NodeJS.ProcessEnv = {
		PATH: process.env.PATH,
		HOME: folder,
		XDG_DATA_HOME: join(folder, 'caddy'),
		XDG_CONFIG_HOME: join(folder, 'caddy-config'),
		...variablesIn(readFileSync(join(etc, 'caddy.env'), 'utf8')),
		UNDERSTORY_CADDY_ADMIN: `localhost:${portOf('2019')}`,
		UNDERSTORY_HTTP_PORT: String(portOf('80')),
		UNDERSTORY_HTTPS_PORT: String(portOf('443')),
		UNDERSTORY_PROVISIONER_PORT: String(portOf('8080')),
		UNDERSTORY_BRIDGE_PORT: String(portOf('8081')),
		UNDERSTORY_SITE_PORT: String(portOf('8082')),
		UNDERSTORY_HOME_PORT: String(portOf('8090')),
		UNDERSTORY_EDGE_FOLDER: edgeFolder,
		// Its own authority, which no other program of this machine is to trust.
		UNDERSTORY_CERTIFICATES: 'local_certs\n\tskip_install_trust',
	};
	const settings = ['--adapter', 'caddyfile', '--config', join(HERE, 'Caddyfile')];
	const authority = join(folder, 'caddy', 'caddy', 'pki', 'authorities', 'local', 'root.crt');
	const openDoor = () => run('caddy', 'caddy', ['run', ...settings], folder, forCaddy);
	openDoor();
	await until(
		'the authority of Caddy',
		async () => existsSync(authority),
		(there) => there,
	);

	function start(role: MachineRole): void {
		const file = join(HERE, 'systemd', `understory-${role}.service`);
		const credentials = join(folder, 'credentials', role);
		mkdirSync(credentials, { recursive: true });
		for (const credential of readUnit(file).get('Service.LoadCredential') ?? []) {
			const [name = '', path = ''] = credential.split(':');
			writeFileSync(join(credentials, name), readFileSync(path.replace('/etc/understory', etc)));
		}
		const started = startOf(file, (text) =>
			text
				.replaceAll('%d', credentials)
				.replaceAll('/var/lib/understory', join(folder, 'state'))
				.replaceAll('/run/understory-edge', edgeFolder)
				.replaceAll('/etc/understory', etc)
				.replaceAll('/opt/understory', installed),
		);
		const [program = '', ...words] = started.words;
		mkdirSync(join(folder, 'state', role), { recursive: true });
		run(role, program, words, started.folder, {
			PATH: process.env.PATH,
			...started.variables,
			NODE_EXTRA_CA_CERTS: authority,
		});
	}
	async function end(name: string, signal: NodeJS.Signals): Promise<void> {
		const child = running.get(name);
		running.delete(name);
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, 'exit');
		child.kill(signal);
		await ended;
	}
	for (const role of ROLES) start(role);
	/** As systemd starts and stops the roles and the door; of what else it is asked, Litestream alone is not so here. */
	async function systemctl([verb = '', ...units]: readonly string[]): Promise<boolean> {
		for (const unit of units) {
			const name = unit.replace(/^understory-/, '');
			const role = ROLES.find((one) => one === name);
			if (verb === 'stop' && (role || name === 'caddy')) await end(name, 'SIGTERM');
			if (verb !== 'start' || running.has(name)) continue;
			if (role) start(role);
			else if (name === 'caddy') openDoor();
		}
		return verb !== 'is-active';
	}

	return {
		adminToken: readFileSync(join(etc, 'secrets/provisioner/admin-token'), 'utf8').trim(),
		homePort: portOf('8090'),
		ask: (hostname, path, options = {}) =>
			askOverTls(portOf('443'), readFileSync(authority), hostname, path, options),
		start,
		end,
		edgeHomes: () => {
			const file = join(edgeFolder, 'homes');
			return existsSync(file) ? readFileSync(file, 'utf8') : '';
		},
		async reloadCaddy() {
			await promisify(execFile)('caddy', ['reload', '--force', ...settings], { env: forCaddy });
		},
		installed: () => readlinkSync(installed),
		async upgrade() {
			const to = join(folder, 'version-2');
			mkdirSync(to);
			for (const name of ['packages', 'node_modules', 'infra', 'package.json'])
				symlinkSync(join(ROOT, name), join(to, name));
			const { bin, close } = await answerSystemctl(folder, systemctl);
			const places = ['--installed', installed, '--settings', etc, '--state', join(folder, 'state')];
			const notes = ['--keep', join(folder, 'keep'), '--run', join(folder, 'run', 'understory-upgrade')];
			const means = ['--psql', `psql --dbname ${administrator}`, '--free-gib', '1'];
			const command = [join(HERE, 'upgrade.ts'), '--to', to, ...places, ...notes, ...means];
			const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder };
			return promisify(execFile)(process.execPath, command, { env })
				.then(({ stdout }) => stdout)
				.finally(close);
		},
		async doctor() {
			const words = [
				'--json',
				'doctor',
				'--machine',
				etc,
				'--state',
				join(folder, 'state'),
				'--free-gib',
				'1',
			];
			const env = { PATH: process.env.PATH, HOME: folder, NODE_EXTRA_CA_CERTS: authority };
			const doctor = spawn(process.execPath, [join(ROOT, 'packages/cli/src/main.ts'), ...words], { env });
			return JSON.parse(await text(doctor.stdout)) as Found[];
		},
		said: () => said,
		async close() {
			await end('provisioner', 'SIGTERM');
			for (const name of [...running.keys()]) await end(name, 'SIGTERM');
			await postgres.close();
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

/** As `psql -f` does: one statement after the other, each by itself. */
async function runStatements(url: string, file: string): Promise<void> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		for (const statement of readFileSync(file, 'utf8').trim().split('\n')) await client.query(statement);
	} finally {
		await client.end();
	}
}

function askOverTls(
	port: number,
	ca: Buffer,
	hostname: string,
	path: string,
	options: { method?: string; token?: string; body?: object },
): Promise<Answer> {
	const body = options.body && JSON.stringify(options.body);
	return new Promise((resolve, reject) => {
		const sent = request(
			{
				host: '127.0.0.1',
				port,
				servername: hostname,
				ca,
				agent: false,
				method: options.method ?? 'GET',
				path,
				headers: {
					host: hostname,
					accept: body === undefined && !options.token ? 'text/html' : 'application/json',
					...(body ? { 'content-type': 'application/json' } : {}),
					...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
				},
			},
			(response) => {
				const { subjectaltname = '' } = (
					response.socket as unknown as { getPeerCertificate(): { subjectaltname?: string } }
				).getPeerCertificate();
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () =>
					resolve({
						status: response.statusCode ?? 0,
						text: Buffer.concat(chunks).toString('utf8'),
						certified: subjectaltname,
					}),
				);
			},
		);
		sent.on('error', reject);
		sent.end(body);
	});
}
