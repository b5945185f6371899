import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSecureContext, createServer as createTlsServer, type SecureContext } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { selfSigned } from '@understory/sso-bridge/upstream/certificate.ts';
import { freshDatabase } from '@understory/town/test-postgres.ts';

const MAKE = fileURLToPath(new URL('../../../infra/one-machine/make.ts', import.meta.url));
export const DOMAIN = 'library.example';
export const NAMES = ['console', 'main.anytown', 'card.anytown', 'accountability.anytown'].map(
	(name) => `${name}.${DOMAIN}`,
);
const ROLES = ['provisioner', 'sso-bridge', 'accountability'] as const;
export const DAY = 86_400_000;
export const YEAR = 365 * DAY;

/** What the processes of a machine answer with; tests change it. */
interface Said {
	/** By role, and `home-1`: status and text of `/readyz`. */
	ready: Record<string, readonly [status: number, text: string]>;
	/** Is this name ours? */
	ours(name: string): boolean;
	/** By how much the clock of a role is ahead, in milliseconds. */
	ahead: Record<string, number>;
}

/** The folders of one machine as `make.ts` makes its settings, with real databases, and small servers in the place of the roles and the door. */
export interface MachineBed {
	readonly etc: string;
	readonly state: string;
	/** In PEM: every certificate that the door shows now. */
	readonly authorities: string;
	readonly said: Said;
	readonly copies: string;
	/** Changes a file below `etc` by its text, and answers with what puts it back. */
	change(file: string, to: (text: string) => string): () => void;
	/** Ends the server of a role, of `home-1` or of the `door`. */
	end(name: string): Promise<void>;
	/** Lets the door show certificates that began this long ago, and are good for a year. */
	certify(age: number): Promise<void>;
	close(): Promise<void>;
}

export async function startMachineBed(): Promise<MachineBed> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-doctor-machine-'));
	const [etc, state] = [join(folder, 'etc'), join(folder, 'state')];
	execFileSync(process.execPath, [MAKE, '--domain', DOMAIN, '--folder', etc]);
	const write = (file: string, text: string) => {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
	};
	const change = (name: string, to: (text: string) => string) => {
		const text = readFileSync(join(etc, name), 'utf8');
		writeFileSync(join(etc, name), to(text));
		return () => writeFileSync(join(etc, name), text);
	};

	const servers = new Map<string, Server>();
	const listen = async (name: string, server: Server): Promise<number> => {
		servers.set(name, server.listen(0, '127.0.0.1'));
		await once(server, 'listening');
		return (server.address() as AddressInfo).port;
	};
	const said: Said = { ready: {}, ours: (name) => NAMES.includes(name), ahead: {} };
	const answering =
		(name: string): RequestListener =>
		(request, response) => {
			const url = new URL(request.url!, 'http://inside');
			response.setHeader('date', new Date(Date.now() + (said.ahead[name] ?? 0)).toUTCString());
			response.setHeader('connection', 'close');
			const ours = said.ours(url.searchParams.get('domain') ?? '');
			const [status, text] =
				url.pathname === '/internal/v1/edge/ours'
					? ([ours ? 200 : 404, ''] as const)
					: (said.ready[name] ?? [200, 'ready\n']);
			response.writeHead(status).end(text);
		};
	const port = (name: string) => listen(name, createServer(answering(name)));

	const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
	const contexts = new Map<string, SecureContext>();
	let authorities = '';
	async function certify(age: number): Promise<void> {
		// A new one in the place of the old: they have one name.
		authorities = '';
		for (const name of NAMES) {
			const cert = await selfSigned(pair, { name, from: Date.now() - age, years: 1 });
			contexts.set(name, createSecureContext({ cert, key }));
			authorities += cert;
		}
	}
	await certify(DAY);
	const door = createTlsServer({
		SNICallback: (name, done) => done(contexts.has(name) ? null : new Error('not ours'), contexts.get(name)),
	});
	door.on('tlsClientError', () => undefined);
	const doorPort = await listen('door', door);

	for (const role of ROLES) {
		const own = await port(role);
		change(`${role}.env`, (text) =>
			text
				.replace(/^UNDERSTORY_PORT=.*$/m, `UNDERSTORY_PORT=${own}`)
				.replace(/^UNDERSTORY_EDGE=.*$/m, `UNDERSTORY_EDGE=127.0.0.1:${doorPort}`),
		);
		const url = await freshDatabase(`doctor_${role.replace('-', '_')}`);
		change(`secrets/${role}/database-url`, () => `${url}\n`);
		mkdirSync(join(state, role), { recursive: true, mode: 0o700 });
	}
	const provisioner = join(state, 'provisioner');
	write(join(provisioner, 'home-starts', 'home-1', 'port'), String(await port('home-1')));
	const home = join(provisioner, 'homes', 'home-1');
	for (const [id, stage] of [
		['b-1', 'open'],
		['b-2', 'retired'],
	])
		write(join(home, 'desired', `${id}.json`), JSON.stringify(desired(id!, stage!)));
	write(join(home, 'branches', 'b-1', 'branch.sqlite'), '');
	const copies = join(home, 'backups', 'b-1');
	write(join(copies, 'copy-1', 'tried.json'), JSON.stringify({ made: Date.now() - DAY }));

	const end = async (name: string) => {
		const server = servers.get(name)!;
		servers.delete(name);
		await promisify(server.close.bind(server))();
	};
	return {
		...{ etc, state, said, copies, change, end, certify },
		get authorities() {
			return authorities;
		},
		async close() {
			for (const name of [...servers.keys()]) await end(name);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** As much of what a home is told as the doctor reads. */
function desired(id: string, stage: string) {
	const [, main, card, accountability] = NAMES;
	return {
		library: {
			slug: 'anytown',
			card_origin: `https://${card}`,
			accountability_origin: `https://${accountability}`,
		},
		branch: { id, slug: 'main', stage, origin: `https://${main}` },
	};
}
