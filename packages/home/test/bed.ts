import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stoppedClock } from '@understory/core/clock.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { type Log, silentLog } from '@understory/core/log.ts';
import type { BranchRecord, LibraryRecord, Register, SignedRoster } from '@understory/core/register.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { createDesign } from '@understory/design/design.ts';
import { createInternalClient, createOutgoing } from '@understory/outgoing/outgoing.ts';
import { createHome, type Home, type HomeParts } from '../src/home.ts';
import { startPlatform, type TestPlatform } from './platform.ts';

export const NOON = Date.UTC(2026, 9, 8, 19, 0);

export interface Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	readonly bytes: Buffer;
}

/** A home in a temporary folder with a platform beside it, both over real HTTP; the clock stands still until it is told. */
export interface HomeBed {
	readonly clock: ReturnType<typeof stoppedClock>;
	readonly folder: string;
	readonly platform: TestPlatform;
	readonly errors: string[];
	home(): Home;
	folderOf(slug: string): string;
	/** A wish for a branch, not signed yet. */
	wish(slug: string, over?: Partial<DesiredBranch>): DesiredBranch;
	/** Publishes a register with these branches as they are wished for. */
	publish(...slugs: string[]): void;
	/** The same, with rosters. */
	publishWith(rosters: readonly SignedRoster[], ...slugs: string[]): void;
	/** Sends a document to the internal port, signed by the platform. */
	send(slug: string, wish: DesiredBranch): Promise<Answer>;
	internal(method: string, path: string, body?: string): Promise<Answer>;
	/** A request as a browser makes it, at a branch or at any host. */
	visit(host: string, path?: string, headers?: Record<string, string>): Promise<Answer>;
	hostOf(slug: string): string;
	/** Closes the home and starts it again on the same folder, with other parts when they are named. */
	restart(changes?: Partial<HomeParts>): Promise<void>;
	close(): Promise<void>;
}

export async function createBed(over: Partial<HomeParts> = {}): Promise<HomeBed> {
	const clock = stoppedClock(NOON);
	const folder = mkdtempSync(join(tmpdir(), 'understory-home-'));
	const platform = await startPlatform(() => clock.now());
	const errors: string[] = [];
	const log: Log = { ...silentLog, error: (event) => void errors.push(event) };
	const design = createDesign();
	const inside = createInternalClient({ town: true });
	const outgoing = createOutgoing({ town: true });
	let version = 0;

	const start = (changes: Partial<HomeParts> = {}) =>
		createHome({
			name: 'home-1',
			folder,
			platform: { url: platform.url, token: platform.token, outgoing: inside },
			outgoing,
			clock,
			log,
			design,
			settings: { town: true },
			lookEvery: null,
			...over,
			...changes,
		});
	async function letGo(): Promise<void> {
		await platform.die();
		await Promise.all([inside.close(), outgoing.close()]);
		rmSync(folder, { recursive: true, force: true });
	}
	let home = await start().catch(async (error: unknown) => {
		await letGo();
		throw error;
	});
	const server = createServer((req, res) => home.handle(req, res));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const library: LibraryRecord = {
		id: 'lib-1',
		slug: 'lib',
		name: 'Test County Library',
		zone: 'America/Los_Angeles',
		languages: ['en', 'es'],
		card_origin: `http://card.lib.localhost:${port}`,
		accountability_origin: `http://accountability.lib.localhost:${port}`,
		card_digits: 14,
		sample: true,
	};
	const hostOf = (slug: string) => `${slug}.lib.localhost:${port}`;
	const wish = (slug: string, changes: Partial<DesiredBranch> = {}): DesiredBranch => ({
		type: 'understory/desired-branch/v1',
		home: platform.homeId,
		generation: 1,
		issued: clock.now(),
		expires: clock.now() + 600_000,
		library,
		branch: branchRecord(slug, hostOf(slug)),
		neighborhoods: [],
		...changes,
	});
	function publishWith(rosters: readonly SignedRoster[], ...slugs: string[]): void {
		version += 1;
		const branches = slugs.map((slug) => wish(slug).branch);
		platform.publish({ ...registerOf(library, branches, version, clock.now()), rosters });
	}
	const internal = (method: string, path: string, body?: string) => {
		const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
		return call(Number(new URL(home.internalUrl).port), method, path, headers, body);
	};

	return {
		clock,
		folder,
		platform,
		errors,
		home: () => home,
		folderOf: (slug) => join(folder, 'branches', `branch-${slug}`),
		wish,
		hostOf,
		publish: (...slugs) => publishWith([], ...slugs),
		publishWith,
		send: (slug, wanted) =>
			internal('PUT', `/internal/v1/branches/branch-${slug}`, JSON.stringify(platform.sign(wanted))),
		internal,
		visit: (host, path = '/', headers = {}) =>
			call(port, 'GET', path, { host, accept: 'text/html', ...headers }),
		async restart(changes) {
			await home.close();
			home = await start(changes);
		},
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			await home.close();
			await letGo();
		},
	};
}

export function call(
	port: number,
	method: string,
	path: string,
	headers: Record<string, string> = {},
	body?: string,
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const bytes = Buffer.concat(chunks);
				const { statusCode = 0, headers: got } = response;
				resolve({ status: statusCode, headers: got, body: bytes.toString('utf8'), bytes });
			});
		});
		sent.on('error', reject);
		sent.end(body);
	});
}

function registerOf(
	library: LibraryRecord,
	branches: readonly BranchRecord[],
	version: number,
	issued: number,
): Register {
	return {
		type: 'understory/register/v1',
		version,
		issued,
		library,
		branches,
		grants: [],
		policies: [starterPolicy('the board', '2026-01-01')],
		contacts: [],
		rosters: [],
	};
}

function branchRecord(slug: string, host: string): BranchRecord {
	return {
		id: `branch-${slug}`,
		slug,
		name: `${slug[0]!.toUpperCase()}${slug.slice(1)}`,
		code: slug.slice(0, 4).toUpperCase(),
		cloth: 'madrone',
		kind: 'branch',
		stage: 'unopened',
		origin: `http://${host}`,
		federation: 'neighborhood',
		home: 'home-1',
		epoch: 1,
		branch_key: null,
		sector: `branch-${slug}`,
		address: { street: '1 Main St', city: 'Portland', region: 'OR', postcode: '97217' },
		phone: '503-555-0100',
		door: null,
		policies: [],
		appeal_partner: null,
		neighborhoods: [],
	};
}
