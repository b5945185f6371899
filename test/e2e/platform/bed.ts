import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BoxKey, newBoxKey } from '@understory/core/sealed-box.ts';
import { exportKey, generateKey } from '@understory/transparency-log/keys.ts';
import { freePort } from '../../../packages/town/src/postgres-process.ts';
import { freshDatabase } from '../../../packages/town/src/test-postgres.ts';
import { startEdge } from './edge.ts';
import { type RoleProcess, startRole } from './role-process.ts';

/** The roles that the test starts itself; the home is the provisioner's to start. */
export type Started = 'provisioner' | 'sso-bridge' | 'accountability';

/** A platform of real processes on loopback, behind a proxy, with one PostgreSQL. */
export interface PlatformBed {
	/** The data of each role lies below it, by the role's name. */
	readonly folder: string;
	readonly secrets: Readonly<Record<Started, Readonly<Record<string, string>>>>;
	portOf(kind: Started): number;
	readonly edgePort: number;
	readonly homePort: number;
	readonly adminToken: string;
	/** What opens the keys of its homes; no process of it has more than the public half. */
	readonly recovery: BoxKey;
	readonly roles: ReadonlyMap<Started, RoleProcess>;
	/** Starts a role, or starts it again on what it left; `again` takes its one-time tokens away. */
	start(kind: Started, how?: { again?: boolean }): RoleProcess;
	/** The process number of the home, as the provisioner wrote it down. */
	homePid(): number;
	/** Everything every process wrote. */
	said(): string;
	close(): Promise<void>;
}

export const DOMAIN = 'platform.example';

/** What a bed has that is not its own making. */
export interface BedParts {
	/** A fresh database of that name; a schema in the PostgreSQL that tests share when nothing is said. */
	readonly database?: (name: string) => Promise<string>;
	/** Those of a platform that was before. */
	readonly secrets?: PlatformBed['secrets'];
}

/** Lays the bed; nothing runs in it yet but the proxy and the database. */
export async function layBed({
	database = freshDatabase,
	secrets: kept,
}: BedParts = {}): Promise<PlatformBed> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-platform-'));
	const kinds: readonly Started[] = ['provisioner', 'sso-bridge', 'accountability'];
	const ports = new Map<string, number>();
	for (const kind of [...kinds, 'home']) ports.set(kind, await freePort());
	const portOf = (kind: string) => ports.get(kind)!;
	const edge = await startEdge((name) => {
		if (name === `console.${DOMAIN}`) return { port: portOf('provisioner') };
		if (name.startsWith('card.')) return { port: portOf('sso-bridge') };
		return { port: portOf(name.startsWith('accountability.') ? 'accountability' : 'home') };
	});
	const token = () => randomBytes(32).toString('hex');
	const bytes = () => randomBytes(32).toString('base64');
	const [bridgeToken, siteToken] = [token(), token()];
	const secrets: PlatformBed['secrets'] = kept ?? {
		provisioner: {
			'database-url': await database('platform_provisioner'),
			'platform-key': exportKey(generateKey()),
			'console-key': bytes(),
			'admin-token': token(),
			'enrolment-tokens': JSON.stringify({ 'sso-bridge': bridgeToken, accountability: siteToken }),
		},
		'sso-bridge': {
			'database-url': await database('platform_bridge'),
			master: bytes(),
			'enrolment-token': bridgeToken,
		},
		accountability: {
			'database-url': await database('platform_site'),
			'enrolment-token': siteToken,
		},
	};
	const recovery = newBoxKey();
	const shared = {
		UNDERSTORY_DOMAIN: DOMAIN,
		UNDERSTORY_EDGE: `127.0.0.1:${edge.tlsPort}`,
		UNDERSTORY_TRUST_PROXY: '127.0.0.1',
		NODE_EXTRA_CA_CERTS: edge.authority,
	};
	const platform = { UNDERSTORY_PLATFORM_URL: `http://127.0.0.1:${portOf('provisioner')}` };
	const variables: Record<Started, Record<string, string>> = {
		provisioner: {
			...shared,
			UNDERSTORY_DRIVER: 'local',
			UNDERSTORY_HOME_PORT: String(portOf('home')),
			UNDERSTORY_RECOVERY_KEY: recovery.publicKey,
		},
		'sso-bridge': { ...shared, ...platform },
		accountability: { ...shared, ...platform, UNDERSTORY_PUBLISH: 'now', UNDERSTORY_MINIMUM_POPULATION: '0' },
	};
	const roles = new Map<Started, RoleProcess>();
	const all: RoleProcess[] = [];
	const pidFile = join(folder, 'provisioner', 'home-starts', 'home-1', 'pid');
	const homePid = () => Number(readFileSync(pidFile, 'utf8'));

	return {
		edgePort: edge.port,
		homePort: portOf('home'),
		adminToken: secrets.provisioner['admin-token']!,
		recovery,
		folder,
		secrets,
		portOf,
		roles,
		start(kind, { again = false } = {}) {
			const given = {
				...secrets[kind],
				...(again && kind !== 'provisioner' ? { 'enrolment-token': '' } : {}),
			};
			const role = startRole(kind, {
				folder,
				port: portOf(kind),
				variables: variables[kind],
				secrets: given,
			});
			roles.set(kind, role);
			all.push(role);
			return role;
		},
		homePid,
		said: () => all.map((role) => role.said()).join('\n'),
		async close() {
			await Promise.all(all.map((role) => role.end('SIGKILL')));
			if (existsSync(pidFile)) endIfThere(homePid());
			await edge.close();
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

function endIfThere(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

/** Looks until something is as it should be, and says what it saw last when that takes too long. */
export async function until<T>(
	what: string,
	look: () => Promise<T>,
	isRight: (seen: T) => boolean,
	seconds = 45,
): Promise<T> {
	const end = performance.now() + seconds * 1000;
	for (;;) {
		const seen = await look();
		if (isRight(seen)) return seen;
		if (performance.now() > end)
			throw new Error(`${what} did not come about; last seen: ${JSON.stringify(seen)?.slice(0, 600)}`);
		await pause(50);
	}
}
