import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBranchFolder } from '@understory/branch/folder.ts';
import { type BranchParts, type OpenBranch, openBranch } from '@understory/branch/open-branch.ts';
import type { Street } from '@understory/branch/street.ts';
import { createBranchViews } from '@understory/branch/views.ts';
import { systemClock } from '@understory/core/clock.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { type Log, silentLog } from '@understory/core/log.ts';
import type { BranchRecord, LibraryRecord, Register, SignedRoster } from '@understory/core/register.ts';
import { createDesign } from '@understory/design/design.ts';
import { createStreet } from '@understory/home/street.ts';
import { libraryCharter } from '@understory/neighborhood/charter.ts';
import { memberOf } from '@understory/neighborhood/member.ts';
import { buildRoster, signRoster } from '@understory/neighborhood/roster.ts';
import { createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { rememberVerified } from '@understory/transparency-log/remembered.ts';

/** Branches of one home in a temporary folder, all of them neighbors, on a made-up port: whatever they would send outside is counted. */
export interface TownOfBranches {
	readonly folder: string;
	readonly parts: BranchParts;
	/** How many requests went out. */
	requests(): number;
	desired(at: number): DesiredBranch;
	pathOf(at: number): string;
	open(at: number): Promise<OpenBranch>;
	close(): Promise<void>;
}

const ADDRESS = { street: '1 Bench Street', city: 'Portland', region: 'OR', postcode: '97201' };
const LIBRARY: LibraryRecord = {
	id: 'bench',
	slug: 'bench',
	name: 'Bench Library',
	zone: 'America/Los_Angeles',
	languages: ['en', 'es'],
	card_origin: 'http://card.bench.localhost:4000',
	accountability_origin: 'http://accountability.bench.localhost:4000',
	card_digits: 14,
	sample: true,
};

/** Where branches of the bench are reached, when they are; and whose they are. */
export interface Place {
	readonly library: LibraryRecord;
	readonly port: number;
}

/** Makes the folders of `count` branches; opens none of them. `outgoing`: what they reach the outside with. */
export async function townOfBranches(
	count: number,
	outside?: Outgoing,
	{ library, port }: Place = { library: LIBRARY, port: 4000 },
): Promise<TownOfBranches> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const wired = outside ?? createOutgoing({ town: true });
	let requests = 0;
	const outgoing: Outgoing = {
		request(asked) {
			requests += 1;
			return wired.request(asked);
		},
		fetch: (input, init) => {
			requests += 1;
			return wired.fetch(input, init);
		},
		close: () => wired.close(),
	};
	const steward = generateKey();
	const charter = libraryCharter(library.name);
	const url = `${library.accountability_origin}/neighborhoods/hood/roster`;
	const records = Array.from({ length: count }, (_, at) => recordOf(at, port));
	const opened = new Map<string, OpenBranch>();
	let roster: SignedRoster | undefined;
	const log: Log = {
		...silentLog,
		error: (event, fields) => {
			throw new Error(event, { cause: fields?.error });
		},
	};
	const register = (): Register => ({
		type: 'understory/register/v1',
		version: 1,
		issued: 1,
		library,
		branches: records,
		grants: [],
		policies: [],
		contacts: [],
		rosters: roster ? [roster] : [],
	});
	const desired = (at: number): DesiredBranch => ({
		type: 'understory/desired-branch/v1',
		home: 'bench',
		generation: 1,
		issued: Date.now(),
		expires: Date.now() + 3_600_000,
		library,
		branch: records[at]!,
		neighborhoods: [{ id: 'hood', roster_url: url, charter }],
	});
	const known = new Map(records.map((branch) => [branch.id, { branch }]));
	const byId = (id: string) => known.get(id);
	const street: Street = createStreet({
		registry: {
			byId: (id) => byId(id) as DesiredBranch | undefined,
			byHost: (host) => byId(host.split('.')[0]!) as DesiredBranch | undefined,
		},
		pool: {
			isOpen: (branch) => opened.has(branch),
			async hold(branch) {
				return { open: opened.get(branch)!, release: () => undefined };
			},
		},
	});
	const parts: BranchParts = {
		clock: systemClock,
		log,
		outgoing,
		views: createBranchViews(createDesign()),
		homeKey: randomBytes(32),
		registerView: () => register(),
		neighborsAtHome: street,
		verify: rememberVerified(),
		settings: { town: true },
	};
	const pathOf = (at: number) => join(folder, `bench-${at}`);
	const members = [];
	for (let at = 0; at < count; at += 1) {
		await createBranchFolder(pathOf(at), desired(at), parts);
		const open = await openBranch(pathOf(at), parts);
		const { branch_key, consents } = open.status();
		const { origin, name } = records[at]!;
		members.push(memberOf({ origin, name, library: library.name, key: branch_key!, consent: consents[0]! }));
		await open.close();
	}
	const { id, publicKey } = steward;
	const issued = Date.now();
	roster = signRoster(
		buildRoster({ id: 'hood', name: 'The hood', url, charter, steward: { id, publicKey }, members, issued }),
		steward,
	);
	return {
		folder,
		parts,
		requests: () => requests,
		desired,
		pathOf,
		async open(at) {
			const open = await openBranch(pathOf(at), parts);
			opened.set(open.branch, open);
			return open;
		},
		async close() {
			for (const open of opened.values()) await open.close();
			await outgoing.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function recordOf(at: number, port: number): BranchRecord {
	const id = `bench-${at}`;
	return {
		id,
		slug: id,
		name: `Bench ${at}`,
		code: 'BENC',
		cloth: 'fern',
		kind: 'branch',
		stage: 'open',
		origin: `http://${id}.bench.localhost:${port}`,
		federation: 'neighborhood',
		home: 'bench',
		epoch: 1,
		branch_key: null,
		sector: id,
		address: ADDRESS,
		phone: null,
		door: {
			host: 'June Aldaba',
			place: 'The desk by the front door',
			hours: [{ weekday: 2, from: 600, to: 1080 }],
			deputy: 'Calvin Osei-Brandt',
			phone: null,
		},
		policies: [],
		appeal_partner: 'The moderation team',
		neighborhoods: ['hood'],
	};
}
