import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Claims } from '@understory/core/claims.ts';
import { type Clock, stoppedClock } from '@understory/core/clock.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import type { StaffRole } from '@understory/core/grants.ts';
import type { Log, LogFields } from '@understory/core/log.ts';
import type {
	BranchRecord,
	LibraryRecord,
	Register,
	RosterMember,
	SignedRoster,
} from '@understory/core/register.ts';
import type {
	Deliberation,
	MembersDecide,
	RosterEvent,
	RosterWords,
} from '@understory/core/roster-change.ts';
import type { Policy } from '@understory/core/rule.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import type { EntrySubmission } from '@understory/core/statement.ts';
import { createDesign } from '@understory/design/design.ts';
import { libraryCharter } from '@understory/neighborhood/charter.ts';
import { memberOf } from '@understory/neighborhood/member.ts';
import { signProposal } from '@understory/neighborhood/proposal.ts';
import { buildRoster, nextVersion, signRoster } from '@understory/neighborhood/roster.ts';
import { voicesThatHold } from '@understory/neighborhood/tally.ts';
import { createOutgoing, type Outgoing, type OutgoingRequest } from '@understory/outgoing/outgoing.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import Database from 'better-sqlite3';
import { memoryFolder } from '../../../test/memory-folder.ts';
import { createBranchFolder } from '../src/folder.ts';
import { type BranchParts, type OpenBranch, openBranch } from '../src/open-branch.ts';
import { createKeyring } from '../src/services/keyring.ts';
import { saveSession } from '../src/store/sessions.ts';
import { createStore, type Store } from '../src/store/store.ts';
import type { Street } from '../src/street.ts';
import { createBranchViews } from '../src/views.ts';
import { type Browser, browserFor } from './browser.ts';

export const NOON = Date.UTC(2026, 9, 8, 19, 0);

/** A library of branches in one process, each with its own folder, on one port, as a home would serve them. */
export interface Bed {
	readonly clock: Clock & { advance(milliseconds: number): void };
	readonly folder: string;
	readonly port: number;
	readonly library: LibraryRecord;
	readonly sent: Sent[];
	/** Every line that was logged. */
	readonly logged: readonly string[];
	/** What was logged as an error. */
	readonly errors: unknown[];
	readonly homeKey: Buffer;
	branch(slug: string): BedBranch;
	/** Puts the named branches on one roster and tells everybody. */
	befriend(...slugs: string[]): void;
	parts(over?: Partial<BranchParts>): BranchParts;
	/** The steward proposes to the members to let a branch in or to put one out, or to follow the list at an address. Returns the number of it. */
	propose(kind: 'admit' | 'expel' | 'follow_list', about: string, opened?: number): string;
	/** What was proposed under this number stands on the roster as decided, with the voices that were gathered. */
	conclude(id: string): void;
	/** The steward suspends a member for so many days. */
	suspend(slug: string, days: number): void;
	/** The steward takes up what branches said, and tells everybody. */
	gather(): RosterWords[];
	change(slug: string, changes: Partial<BranchRecord>): void;
	grant(staffId: string, slug: string, name?: string, role?: StaffRole): void;
	/** The library adopts a version of its rules. */
	adopt(policy: Policy): void;
	/** The library names these contacts, and no others. */
	name(...contacts: Register['contacts']): void;
	/** The register says this of the library besides. */
	tell(of: Partial<LibraryRecord>): void;
	register(): Register;
	/** Works until nothing is due anywhere. */
	settle(): Promise<void>;
	/** Another server on the same port, by the first label of its host. */
	serve(label: string, handle: RequestListener): void;
	/** What somebody outside answers; by host. */
	outside(host: string, answer: Outsider): void;
	/** The library's site takes every entry that is handed over from now on; they are what is returned, in their order. */
	takeEntries(): EntrySubmission[];
	close(): Promise<void>;
}

export interface Sent {
	readonly url: string;
	readonly method: string;
	readonly body: string;
}

/** What another server answers to a request; null lets the request through to the real one. */
export type Outsider = (
	path: string,
	body: string,
) => {
	status: number;
	body?: string;
	headers?: Record<string, string>;
} | null;

export interface BedBranch {
	readonly slug: string;
	readonly origin: string;
	readonly folder: string;
	open: OpenBranch;
	/** A second connection to its file, to look into it and to put sessions there. */
	readonly store: Store;
	/** Changes with whatever it sends or is to send. */
	outbox(): unknown;
	desired(): DesiredBranch;
	browser(claims?: Partial<Claims>): Browser;
	/** Signs in, chooses a handle and agrees to the rules through the real pages. */
	join(handle: string, claims?: Partial<Claims>): Promise<Browser>;
	reopen(): Promise<void>;
}

export async function createBed(
	slugs: readonly string[] = ['north'],
	/** By which way the branches reach each other: as separate servers, or as branches of one home. */
	way: 'http' | 'short' = 'http',
	/** How members decide, where it is not the steward. */
	changes?: MembersDecide,
): Promise<Bed> {
	const clock = stoppedClock(NOON);
	const folder = memoryFolder('understory-branch-');
	const homeKey = randomBytes(32);
	const branches = new Map<string, BedBranch>();
	const sent: Sent[] = [];
	const errors: unknown[] = [];
	const logged: string[] = [];
	const keep = (event: string, fields: LogFields = {}) =>
		void logged.push(`${event} ${JSON.stringify({ ...fields, error: String(fields.error ?? '') })}`);
	const log: Log = {
		info: keep,
		warn: keep,
		error(event, fields) {
			keep(event, fields);
			errors.push(fields?.error ?? event);
		},
	};
	const servers = new Map<string, RequestListener>();
	const server = await listen((req, res) => {
		const host = (req.headers.host ?? '').split('.')[0]!;
		const found = branches.get(host);
		if (found) found.open.handle(req, res);
		else if (servers.has(host)) servers.get(host)!(req, res);
		else res.writeHead(421).end();
	});
	const { port } = server.address() as AddressInfo;
	const others = new Map<string, Outsider>();
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
	const steward = generateKey();
	const charter = { ...libraryCharter(library.name), ...(changes ? { changes } : {}) };
	let deliberations: Deliberation[] = [];
	const rosterUrl = `${library.accountability_origin}/neighborhoods/hood/roster`;
	let records = slugs.map((slug, at) => recordOf(slug, port, at));
	let rosters: SignedRoster[] = [];
	let grants: Register['grants'] = [];
	let policies: Register['policies'] = [starterPolicy('the board', '2026-01-01')];
	let contacts: Register['contacts'] = [];
	let told: Partial<LibraryRecord> = {};
	let version = 1;
	const wired = createOutgoing({ town: true, userAgent: 'Understory test' });
	const outgoing = recorded(wired, sent, (url) => others.get(new URL(url).host));
	const views = createBranchViews(createDesign());

	const register = (): Register => ({
		type: 'understory/register/v1',
		version,
		issued: NOON + version,
		library: { ...library, ...told },
		branches: records,
		grants,
		policies,
		contacts,
		rosters,
		...(deliberations.length > 0 ? { deliberations } : {}),
	});
	const byOrigin = (origin: string) => [...branches.values()].find((branch) => branch.origin === origin);
	const street: Street = {
		standing: (origin) => (byOrigin(origin) ? 'open' : null),
		async hand(origin, handed) {
			const { open } = byOrigin(origin)!;
			await open.takeIn(handed);
			return open.opening;
		},
		async confirm(origin, receipt) {
			const { open } = byOrigin(origin)!;
			if (open.opening !== receipt) return false;
			open.sync();
			return true;
		},
	};
	const parts = (over: Partial<BranchParts> = {}): BranchParts => ({
		clock,
		log,
		outgoing,
		views,
		homeKey,
		registerView: (id) => (id === library.id ? register() : null),
		random: () => 0,
		...(way === 'short' ? { neighborsAtHome: street } : {}),
		settings: { town: true },
		...over,
	});
	const desiredOf = (slug: string): DesiredBranch => ({
		type: 'understory/desired-branch/v1',
		home: 'home-1',
		generation: 1,
		issued: NOON,
		expires: NOON + 3_600_000,
		library,
		branch: records.find((record) => record.slug === slug)!,
		neighborhoods: [{ id: 'hood', roster_url: rosterUrl, charter }],
	});

	for (const slug of slugs) {
		const path = join(folder, slug);
		await createBranchFolder(path, desiredOf(slug), parts());
		const open = await openBranch(path, parts());
		branches.set(slug, bedBranch({ slug, path, open, port, homeKey, clock, parts, desiredOf }));
	}

	const bed: Bed = {
		clock,
		folder,
		port,
		library,
		sent,
		logged,
		errors,
		homeKey,
		parts,
		register,
		branch: (slug) => branches.get(slug)!,
		serve: (label, handle) => void servers.set(label, handle),
		outside: (host, answer) => void others.set(host, answer),
		takeEntries() {
			const taken: EntrySubmission[] = [];
			others.set(new URL(library.accountability_origin).host, (path, body) => {
				if (path !== '/entries') return { status: 404 };
				taken.push(JSON.parse(body));
				return { status: 202, body: '{}' };
			});
			return taken;
		},
		befriend(...names) {
			const members = names.map((name) => {
				const { open, origin } = branches.get(name)!;
				const status = open.status();
				return memberOf({
					origin,
					name,
					library: library.name,
					key: status.branch_key!,
					consent: status.consents[0]!,
				});
			});
			const previous = rosters[0];
			const { id, publicKey } = steward;
			const roster = previous
				? nextVersion(previous, { members, issued: clock.now() })
				: buildRoster({
						id: 'hood',
						name: 'The hood',
						url: rosterUrl,
						charter,
						steward: { id, publicKey },
						members,
						...(changes ? { founders: foundersOf(members) } : {}),
						issued: clock.now(),
					});
			rosters = [signRoster(roster, steward)];
			version += 1;
		},
		propose(kind, subject, opened = clock.now()) {
			const id = randomUUID();
			const words = { reason: 'As the hosts of all talked over.', evidence: 'Letters of March.' };
			const named = () => {
				if (kind === 'follow_list') return { domain: subject, name: 'Kept away by many' };
				const { open, origin } = branches.get(subject)!;
				return { domain: new URL(origin).host, name: subject, key: open.status().branch_key! };
			};
			const parts = { id, kind, ...named(), ...words, neighborhood: 'hood', charter, opened };
			const proposal = signProposal(parts, steward);
			deliberations = [...deliberations, { proposal, voices: [], reply: null }];
			version += 1;
			return id;
		},
		conclude(id) {
			const { proposal, voices } = deliberations.find((one) => one.proposal.id === id)!;
			deliberations = deliberations.filter((one) => one.proposal.id !== id);
			rosters = rosters.map((roster) => {
				const standing = new Map(roster.members.map(({ domain, key }) => [domain, key]));
				const held = voicesThatHold(proposal, voices, standing);
				const at = clock.now();
				const history: RosterEvent[] = [
					...(roster.history ?? []),
					{ event: 'decided', at, proposal, voices: held, reply: null },
				];
				return signRoster(nextVersion(roster, { history, issued: at }), steward);
			});
			version += 1;
		},
		suspend(slug, days) {
			const [domain, from] = [new URL(branches.get(slug)!.origin).host, clock.now()];
			const one = { domain, reason: 'Its server sends spam.', from, until: from + days * 86_400_000 };
			rosters = rosters.map((roster) => {
				const suspensions = [...(roster.suspensions ?? []), one];
				return signRoster(nextVersion(roster, { suspensions, issued: from }), steward);
			});
			version += 1;
		},
		gather() {
			const words = [...branches.values()].flatMap(({ open }) => open.status().roster_words ?? []);
			deliberations = deliberations.map(({ proposal }) => ({
				proposal,
				voices: words.flatMap(({ voices }) => voices),
				reply: words.flatMap(({ replies }) => replies)[0] ?? null,
			}));
			version += 1;
			return words;
		},
		change(slug, changes) {
			records = records.map((record) => (record.slug === slug ? { ...record, ...changes } : record));
			version += 1;
		},
		grant(staffId, slug, name = 'June Aldaba', role = 'host') {
			const branch = records.find((record) => record.slug === slug)!.id;
			grants = [...grants, { staff_id: staffId, name, role, branch, from: 0, until: null }];
			version += 1;
		},
		name(...named) {
			contacts = named;
			version += 1;
		},
		adopt(policy) {
			policies = [...policies, policy];
			version += 1;
		},
		tell(of) {
			told = { ...told, ...of };
			version += 1;
		},
		async settle() {
			let before = '';
			for (let round = 0; round < 30; round += 1) {
				let busy = false;
				for (const { open } of branches.values()) {
					const { nextAt } = await open.work();
					busy ||= nextAt !== null && nextAt <= clock.now();
				}
				// What one of them did may be due at another whose turn was before.
				const now = JSON.stringify([sent.length, [...branches.values()].map(({ outbox }) => outbox())]);
				if (!busy && now === before) return;
				before = now;
			}
			throw new Error('the bed never came to rest');
		},
		async close() {
			for (const { open, store } of branches.values()) {
				await open.close();
				store.close();
			}
			await wired.close();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			rmSync(folder, { recursive: true, force: true });
		},
	};
	return bed;
}

function bedBranch(made: {
	slug: string;
	path: string;
	open: OpenBranch;
	port: number;
	homeKey: Buffer;
	clock: Clock;
	parts: () => BranchParts;
	desiredOf: (slug: string) => DesiredBranch;
}): BedBranch {
	const origin = made.open.origin;
	const database = new Database(join(made.path, 'branch.sqlite'));
	const store = createStore(database);
	const secret = createKeyring({
		store,
		branch: made.open.branch,
		homeKey: made.homeKey,
		clock: made.clock,
	}).sessionSecret();
	const branch: BedBranch = {
		slug: made.slug,
		origin,
		folder: made.path,
		open: made.open,
		store,
		outbox: () => (database.open ? database.prepare(OUTBOX).all() : null),
		desired: () => made.desiredOf(made.slug),
		browser(claims) {
			if (!claims) return browserFor(origin, made.port, null);
			const sid = randomBytes(12).toString('hex');
			const full = { sub: `sub-${sid}`, age_band: 'adult', standing: 'full', ...claims };
			const person = store.read(
				(reading) =>
					reading.first<{ id: number }>({
						toSQL: () => ({
							toNative: () => ({ sql: 'SELECT id FROM person WHERE sub = ?', bindings: [full.sub] }),
						}),
					})?.id,
			);
			const data = JSON.stringify({ cookie: { path: '/', httpOnly: true }, claims: full, person });
			store.transact((writing) =>
				saveSession(writing, { sid, data, expires: made.clock.now() + 86_400_000 }),
			);
			const mac = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
			return browserFor(origin, made.port, `branch=${encodeURIComponent(`s:${sid}.${mac}`)}`);
		},
		async join(handle, claims = {}) {
			const browser = branch.browser({ sub: `sub-${made.slug}-${handle}`, ...claims });
			await browser.get('/welcome');
			const answer = await browser.post('/welcome', { name: `${handle} Person`, handle, rules: 'yes' });
			if (answer.status !== 303) throw new Error(`joining failed: ${answer.status}\n${answer.body}`);
			return browser;
		},
		async reopen() {
			await branch.open.close();
			branch.open = await openBranch(made.path, made.parts());
		},
	};
	return branch;
}

const OUTBOX = 'SELECT count(*), max(id), sum(tries), count(finished) FROM delivery';

const foundersOf = (members: readonly RosterMember[]) =>
	members.map(({ domain, key }) => ({ domain, key: { id: key.id, publicKey: key.publicKey } }));

function recordOf(slug: string, port: number, at: number): BranchRecord {
	return {
		id: `branch-${slug}`,
		slug,
		name: `${slug[0]!.toUpperCase()}${slug.slice(1)}`,
		code: slug.slice(0, 4).toUpperCase(),
		cloth: 'madrone',
		kind: 'branch',
		stage: 'open',
		origin: `http://${slug}.lib.localhost:${port}`,
		federation: 'neighborhood',
		home: 'home-1',
		epoch: 1,
		branch_key: null,
		sector: `branch-${slug}`,
		address: { street: `${at + 1} Main St`, city: 'Portland', region: 'OR', postcode: '97217' },
		phone: '503-555-0100',
		door: {
			host: 'June Aldaba',
			place: 'The desk by the front door',
			hours: [{ weekday: 4, from: 600, to: 1080 }],
			deputy: 'Calvin Osei',
			phone: null,
		},
		policies: ['conduct'],
		appeal_partner: 'The host of another branch',
		neighborhoods: ['hood'],
	};
}

function recorded(wired: Outgoing, sent: Sent[], other: (url: string) => Outsider | undefined): Outgoing {
	const note = (url: string, method: string, body: string) => void sent.push({ url, method, body });
	const request = async (asked: OutgoingRequest) => {
		const body = asked.body?.toString() ?? '';
		note(asked.url, asked.method ?? 'GET', `${JSON.stringify(asked.headers ?? {})}\n${body}`);
		const answer = other(asked.url)?.(new URL(asked.url).pathname, body);
		if (!answer) return wired.request(asked);
		const { status, body: text = '', headers = {} } = answer;
		return { status, headers, body: Buffer.from(text), url: asked.url };
	};
	return {
		request,
		fetch: async (input, init) => {
			const asked = new Request(input, init);
			const body = asked.body ? await asked.clone().text() : '';
			note(asked.url, asked.method, `${JSON.stringify(Object.fromEntries(asked.headers))}\n${body}`);
			return wired.fetch(asked);
		},
		close: () => wired.close(),
	};
}

function listen(handle: RequestListener): Promise<Server> {
	const server = createServer(handle);
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => resolve(server));
	});
}
