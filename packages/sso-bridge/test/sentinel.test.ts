import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IlsPatron } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import { filesBelow } from '../../../test/files-below.ts';
import { startPostgres } from '../../town/src/postgres.ts';
import { openDatabase } from '../src/store/database.ts';
import { STORED_IN } from '../src/store/stored.ts';
import { authenticator } from './fixtures/authenticator.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import {
	byCode,
	claimsOf,
	deskCodeOn,
	openByCard,
	optionsOn,
	recoveryCodeOn,
	toDoor,
} from './fixtures/doors.ts';
import { captureErrors, changed, everyRow, formsOf } from './fixtures/left-behind.ts';

/** Values that stand nowhere by chance. */
const MARKED: IlsPatron & { pin: string } = {
	card: '27182818284590',
	pin: 'Zaunkönig-4711',
	name: 'Quackenbush, Ottilie',
	born: '19530717',
	expires: '20310429',
	state: 'good',
	kind: 'adult',
	internalId: 'ils-161803398',
	home: 'ZZPLACE9',
	address: '1599 Vineyard Sentinel Way',
	email: 'ottilie.sentinel@example.org',
	phone: '555-0142-7731',
};
const WRONG_PIN = 'Wiedehopf-0815';
const LATE: IlsPatron & { pin: string } = {
	...MARKED,
	card: '31415926535897',
	pin: 'Eisvogel-2357',
	expires: '20200113',
	state: 'expired',
	internalId: 'ils-141421356',
};

/** Somebody who comes for the first time while the catalogue is dead. */
const NEW_CARD = '16180339887498';

const SECRETS = [
	NEW_CARD,
	...[
		MARKED.card,
		MARKED.pin,
		MARKED.born,
		MARKED.internalId!,
		MARKED.home!,
		MARKED.address!,
		MARKED.email!,
		MARKED.phone!,
	],
	...['Quackenbush', 'Ottilie', WRONG_PIN, LATE.card, LATE.pin, LATE.internalId!, LATE.expires, '2020-01-13'],
];

describe('after card sign-ins of every kind', function () {
	this.timeout(120_000);
	const root = mkdtempSync(join(tmpdir(), 'understory-sentinel-'));
	let bed: Bed;
	let files: Map<string, Buffer>;
	let sub: string;
	let sawRequests = 0;
	/** Codes that somebody read on a page or a slip. */
	let codes: readonly string[];
	const errors: string[] = [];
	let uncounted: readonly string[];

	before(async () => {
		const quiet = captureErrors(errors);
		const postgres = await startPostgres({ folder: join(root, 'postgres'), careless: true });
		const untouched = filesBelow(join(root, 'postgres'));
		bed = await startBed({ deck: [MARKED, LATE], databaseUrl: await postgres.urlFor('sso_bridge') });
		const belmont = await branchClient(bed, bed.salem, 'belmont');
		bed.provisioner.invitations.set('invited', { role: 'host', name: 'June', branch: null, by: null });

		({
			claims: { sub },
		} = await belmont.signIn(visitorOf(bed), MARKED));
		const give = async (path: string, card: string, pin: string) => {
			const visitor = visitorOf(bed);
			const page = await visitor.open(
				path === '' ? (await belmont.begin()).url : `${bed.salem.origin}${path}`,
			);
			return visitor.send(page, path === '' ? '/sign-in/' : path, { card, pin });
		};
		expect((await give('', MARKED.card, WRONG_PIN)).status).to.equal(422);
		expect((await give('', MARKED.card.slice(1), MARKED.pin)).status).to.equal(422);
		expect((await give('', `${MARKED.card}\r`, MARKED.pin)).status).to.equal(422);
		bed.change(LATE.card, { expires: MARKED.expires });
		await belmont.signIn(visitorOf(bed), LATE);
		bed.change(LATE.card, LATE);
		expect((await give('', LATE.card, LATE.pin)).text).to.include('Your card ended on');
		expect((await give('/invitation/invited', MARKED.card, MARKED.pin)).status).to.equal(200);
		expect((await give('/invitation/spent', LATE.card, LATE.pin)).status).to.equal(403);
		codes = await comeBesidesTheCard(bed, belmont);
		for (const how of ['silent', 'dead', 'another_patron', 'offline'] as const) {
			bed.ils.misbehave(how);
			expect((await give('', MARKED.card, MARKED.pin)).status, how).to.be.oneOf([422, 503]);
		}
		sawRequests = bed.ils.asked(MARKED.card);
		await bed.bridge().settle();
		const folder = filesBelow(bed.folder);
		const tables = await everyRow(bed.databaseUrl);
		uncounted = await ofNoKind(bed.databaseUrl);
		await bed.close();
		await postgres.close();
		quiet();
		files = new Map([
			...changed(untouched, filesBelow(join(root, 'postgres'))),
			...folder,
			['log', Buffer.from(bed.log.join('\n'))],
			['tables', Buffer.from(tables)],
			['the error output', Buffer.from(errors.join('\n'))],
		]);
	});
	after(() => rmSync(root, { recursive: true, force: true }));

	it('the search finds what is there: the catalogue was asked, and what is stored on purpose is found', () => {
		expect(sawRequests).to.be.greaterThan(2);
		expect(files.size).to.be.greaterThan(20);
		const onDisk = [...files]
			.filter(([name]) => name.startsWith(join(root, 'postgres')))
			.map(([, bytes]) => bytes);
		const found = (what: string | Buffer) => onDisk.some((bytes) => bytes.includes(what));
		const staffId = bed.provisioner.invitations.get('invited')!.by!;
		expect(found('porch'), 'standing').to.equal(true);
		// The number of a member of staff is stored on purpose, in the 16 bytes of a UUID.
		expect(found(Buffer.from(staffId.replaceAll('-', ''), 'hex')), 'staff id').to.equal(true);
		expect(files.get('tables')!.includes(staffId)).to.equal(true);
		expect(files.get('tables')!.includes('code_challenge'), 'what the issuer keeps').to.equal(true);
		expect(bed.log.length).to.be.greaterThan(10);
		expect(bed.log.join('\n')).to.include('catalogue_silent');
		expect(sub).to.match(/^[a-z2-7]{26}$/);
	});

	for (const secret of SECRETS) {
		it(`no byte on disk and no line of the log is ${secret.slice(0, 4)}…, in plain, encoded, or hashed without a key`, () => {
			for (const [form, needle] of formsOf(secret, hashed(secret))) {
				for (const [file, bytes] of files) {
					expect(bytes.includes(needle), `${form} in ${file}`).to.equal(false);
				}
			}
		});
	}

	it('nor is a code of a desk, a day pass or a recovery code', () => {
		expect(codes).to.have.length(5);
		for (const code of codes) {
			for (const [form, needle] of [code, code.replaceAll('-', '')].flatMap((one) => formsOf(one))) {
				for (const [file, bytes] of files)
					expect(bytes.includes(needle), `${form} in ${file}`).to.equal(false);
			}
		}
	});

	it('every row that is left is of a kind that the privacy report counts', () => {
		expect(uncounted).to.deep.equal([]);
	});

	it('the log has no address of a sign-in or an invitation either', () => {
		const log = bed.log.join('\n');
		expect(log).to.not.match(/\/sign-in\/[\w-]{10}/);
		expect(log).to.not.include('invitation/invited');
		expect(log).to.not.include('code_challenge');
	});
});

/** Rows in tables that the privacy report counts by kinds, which are of none of them. */
async function ofNoKind(url: string): Promise<string[]> {
	const database = await openDatabase(url);
	const rows: string[] = [];
	for (const [table, kinds] of Object.entries(STORED_IN)) {
		if (kinds.length === 0 || !kinds.every(({ where }) => where)) continue;
		const query = database(table);
		for (const { where } of kinds) query.whereNotIn(where![0], [...where![1]]);
		const found: object[] = await query;
		rows.push(...found.map((row) => `${table} ${JSON.stringify(row)}`));
	}
	await database.destroy();
	return rows;
}

/** Comes by every door beside the card, and does for others what a desk can do; returns the codes that were shown. */
async function comeBesidesTheCard(bed: Bed, belmont: BranchClient): Promise<string[]> {
	const { origin } = bed.salem;
	const branch = bed.salem.branches.get('belmont')!.record.id;
	const staffId = bed.provisioner.invitations.get('invited')!.by!;
	const work = { staff_id: staffId, name: 'June', role: 'host', branch, from: 0, until: null } as const;
	bed.salem.publish(() => void bed.salem.grants.push(work));
	await bed.bridge().settle();
	bed.clock.advance(16 * 60_000);

	const clerk = visitorOf(bed);
	const you = await openByCard(clerk, `${origin}/you`, MARKED);
	const recovery = recoveryCodeOn(await clerk.send(you, '/you/code'));
	const phone = authenticator();
	const adding = await clerk.open(`${origin}/you/passkeys`);
	await clerk.send(adding, '/you/passkeys', { answer: phone.create(optionsOn(adding), origin) });
	const asked = await toDoor(bed, belmont, 'passkey');
	const answer = phone.get(optionsOn(asked.page), origin);
	const inside = { ...asked, page: await asked.visitor.send(asked.page, '/passkey', { answer }) };
	expect(await claimsOf(belmont, inside)).to.include({ standing: 'full' });
	const porch = await byCode(bed, belmont, 'porch', recovery);
	expect(await claimsOf(belmont, porch)).to.include({ standing: 'porch' });

	const atDesk = async (act: string, fields: Record<string, string>) =>
		clerk.send(await clerk.open(`${origin}/desk`), `/desk/${act}`, { ...fields, seen: 'yes' });
	const code = deskCodeOn(await atDesk('code', { card: LATE.card, opens: 'porch' }));
	expect(await claimsOf(belmont, await byCode(bed, belmont, 'porch', code))).to.include({
		standing: 'porch',
	});
	const forLater = deskCodeOn(await atDesk('code', { card: LATE.card, opens: 'card' }));
	expect((await atDesk('erase', { leaving_card: LATE.card })).text).to.include('It is noted');
	bed.ils.misbehave('dead');
	const pass = deskCodeOn(await atDesk('pass', { pass_card: NEW_CARD, age: 'adult' }));
	expect(await claimsOf(belmont, await byCode(bed, belmont, 'day-pass', pass))).to.include({
		standing: 'full',
	});
	bed.ils.misbehave(null);
	return [recovery, recoveryCodeOn(porch.page), code, forLater, pass];
}

/** As the bridge writes it before it takes a keyed hash. */
function hashed(secret: string): string[] {
	return [`card\0${secret}`, `ils_id\0${secret}`, `both\0${MARKED.card}\0${secret}`];
}
