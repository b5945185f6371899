import { randomUUID } from 'node:crypto';
import { silentLog } from '@understory/core/log.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import pg from 'pg';
import type { Seen, Visitor } from '../../../test/e2e/visitor.ts';
import { libraryKeys } from '../src/keys.ts';
import { addingOptions, addNew } from '../src/passkeys/adding.ts';
import { openDatabase } from '../src/store/database.ts';
import { authenticator } from './fixtures/authenticator.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { type Panel, REASON, startPanel } from './fixtures/panel.ts';

const DAY = 86_400_000;

describe('a restriction outlasts the account of whoever it is on', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let kenton: BranchClient;
	let panel: Panel;
	let client: pg.Client;
	before(async () => {
		bed = await startBed({ deck: demoDeck('bed') });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		kenton = await branchClient(bed, bed.salem, 'kenton');
		client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
		panel = await startPanel(bed);
		await panel.hire('Halvorsen', 'host', bed.salem.branches.get('belmont')!.record.id);
	});
	after(async () => {
		await client?.end();
		await bed?.close();
	});
	beforeEach(() => {
		bed.ils.misbehave(null);
		bed.clock.advance(16 * 60_000);
	});
	afterEach(async () => {
		await client.query('delete from restriction');
		await client.query('delete from desk_act');
	});

	async function restrict(name: string, over: Record<string, string> = {}): Promise<string> {
		const { claims } = await panel.arrive(name, belmont);
		await panel.agree(claims.sub, over);
		return claims.sub;
	}
	/** Deletes the sign-in of whoever came in in this browser just now. */
	async function deleteSelf(visitor: Visitor, words = 'A restriction stays until its end'): Promise<void> {
		const own = await visitor.open(panel.at('/you'));
		expect(own.url, own.text).to.equal(panel.at('/you'));
		expect(own.text).to.include(words);
		const gone = await visitor.send(own, '/you/delete', { sure: 'yes' });
		expect(gone.text).to.include('deleted');
	}
	async function restrictAndDelete(name: string, over: Record<string, string> = {}): Promise<string> {
		const sub = await restrict(name, over);
		const { visitor } = await panel.arrive(name, belmont);
		await deleteSelf(visitor);
		return sub;
	}
	const rows = async (table: string) => (await client.query(`select * from ${table}`)).rows;
	/** A day pass from the desk of Belmont, for a card that is shown there. */
	async function passFor(card: string): Promise<string> {
		const { visitor, page } = await panel.openAs('Halvorsen', '/desk');
		bed.ils.misbehave('dead');
		const slip = await visitor.send(page, '/desk/pass', { pass_card: card, age: 'adult', seen: 'yes' });
		expect(slip.status, slip.text).to.equal(200);
		return /[0-9A-Z]{5}-[0-9A-Z]{5}(?![-0-9A-Z])/.exec(slip.text)![0];
	}
	async function byPass(code: string): Promise<{ page: Seen; claims: Record<string, unknown> }> {
		const visitor = visitorOf(bed);
		const begun = await kenton.begin();
		const page = await visitor.open(begun.url);
		const link = /href="([^"]+\/day-pass)"/.exec(page.html)![1]!;
		const form = await visitor.open(new URL(link, page.url).href);
		const told = await visitor.send(form, '/day-pass', { code });
		const back = panel.nextOn(told) ? await visitor.open(panel.nextOn(told)!) : told;
		return { page: told, claims: (await kenton.redeem(begun, back.url)).claims()! };
	}

	it('by a new account with the same card: the porch, why, and hashes of nothing but their cards', async () => {
		const sub = await restrictAndDelete('Okafor');
		expect(await rows('restricted_account')).to.deep.equal([]);
		const left = await rows('restricted_link');
		expect(left.map(({ kind }) => kind)).to.have.members(['card', 'ils_id']);
		expect(JSON.stringify(left)).to.not.include(panel.cardOf('Okafor').card);
		const again = await panel.arrive('Okafor', belmont);
		expect(again.claims.sub, 'nobody can say that it is the same person').to.not.equal(sub);
		expect(again.claims).to.include({ standing: 'porch' });
		expect(again.page.text).to.include(REASON);
	});

	it('by deleting again and again', async () => {
		await restrictAndDelete('Okafor');
		for (const _again of [1, 2]) {
			const { visitor, claims } = await panel.arrive('Okafor', kenton);
			expect(claims).to.include({ standing: 'porch' });
			await deleteSelf(visitor);
		}
		expect((await panel.arrive('Okafor', kenton)).claims).to.include({ standing: 'porch' });
	});

	it('by a proposal that is confirmed only after they deleted themselves', async () => {
		const { claims, visitor } = await panel.arrive('Lindqvist', belmont);
		const one = await panel.openAs('Aldaba', '/desk/panel');
		const typed = panel.form({ named: `belmont/${claims.sub}` });
		await one.visitor.send(one.page, '/desk/panel/propose', typed);
		await deleteSelf(visitor, 'Your sign-in');
		expect((await panel.arrive('Lindqvist', kenton)).claims).to.include({ standing: 'full' });
		const two = await panel.openAs('Paik', '/desk/panel');
		await two.visitor.send(two.page, '/desk/panel/confirm');
		expect((await panel.arrive('Lindqvist', kenton)).claims).to.include({ standing: 'porch' });
	});

	it('by a card that the catalogue gave in the place of the old one', async () => {
		await restrictAndDelete('Okafor');
		const { card } = panel.cardOf('Okafor');
		const fresh = `${card.slice(0, -2)}${card.endsWith('00') ? '11' : '00'}`;
		bed.change(card, { card: fresh });
		try {
			expect((await panel.arrive('Okafor', kenton)).claims).to.include({ standing: 'porch' });
		} finally {
			bed.change(fresh, { card });
		}
	});

	it('by a day pass for their card: the pass is made like any other, opens the porch, and does not say why', async () => {
		await restrictAndDelete('Okafor');
		const code = await passFor(panel.cardOf('Okafor').card);
		const { page, claims } = await byPass(code);
		expect(claims).to.include({ standing: 'porch' });
		expect(page.text).to.include('This pass opens the porch only').and.not.include(REASON);
		expect(await rows('restricted_pass')).to.deep.equal([]);
	});

	it('by a day pass while their account is there', async () => {
		await restrict('Tanaka');
		const { claims } = await byPass(await passFor(panel.cardOf('Tanaka').card));
		expect(claims).to.include({ standing: 'porch' });
	});

	it('by no day pass for anybody else’s card, and none without a card', async () => {
		await restrictAndDelete('Okafor');
		const { claims } = await byPass(await passFor(panel.cardOf('Brandt').card));
		expect(claims).to.include({ standing: 'full' });
		bed.ils.misbehave(null);
		const { visitor, page } = await panel.openAs('Halvorsen', '/desk');
		bed.ils.misbehave('dead');
		const none = await visitor.send(page, '/desk/pass', { pass_card: '', age: 'adult', seen: 'yes' });
		expect(none.status).to.equal(422);
	});

	it('by no passkey of theirs: it opens the porch, and with the account it goes', async () => {
		const { claims } = await panel.arrive('Lindqvist', belmont);
		const database = await openDatabase(bed.databaseUrl);
		try {
			const keys = libraryKeys({ master: bed.master }, bed.salem.id);
			const { sector } = bed.salem.branches.get('belmont')!.record;
			const ids: { id: string }[] = await database('account').select('id');
			const account = ids.find(({ id }) => keys.subject(sector, id) === claims.sub)!.id;
			const { clock } = bed;
			const parts = { database, clock, log: silentLog, randomId: randomUUID, keysOf: () => keys } as const;
			const phone = authenticator();
			const form = { id: randomUUID(), shown: clock.now() };
			const adding = { library: bed.salem.record, account, form };
			const options = await addingOptions(parts as never, adding, 'Salem');
			await addNew(parts as never, adding, JSON.parse(phone.create(options, bed.salem.origin)), 'phone');
			await panel.agree(claims.sub);
			const byPasskey = async () => {
				const visitor = visitorOf(bed);
				const page = await visitor.open((await kenton.begin()).url);
				const link = /href="(\/sign-in\/[^"]+\/passkey)"/.exec(page.html)![1]!;
				const asking = await visitor.open(new URL(link, page.url).href);
				const asked = /data-options="([^"]+)"/.exec(asking.html)![1]!;
				const question = JSON.parse(asked.replaceAll('&quot;', '"').replaceAll('&#x3D;', '='));
				return {
					visitor,
					page: await visitor.send(asking, '/passkey', { answer: phone.get(question, bed.salem.origin) }),
				};
			};
			const { page, visitor } = await byPasskey();
			expect(page.text).to.include(REASON).and.include('To the porch of Kenton');
			await visitor.open(panel.nextOn(page)!);
			await deleteSelf(visitor);
			expect((await byPasskey()).page.status).to.equal(422);
		} finally {
			await database.destroy();
		}
	});

	it('ends when it is lifted, for whoever deleted themselves too', async () => {
		await restrictAndDelete('Okafor');
		await panel.lift();
		expect(await rows('restricted_link')).to.deep.equal([]);
		expect((await panel.arrive('Okafor', kenton)).claims).to.include({ standing: 'full' });
	});

	describe('as days go by', () => {
		it('by deletion at the desk', async () => {
			await restrict('Tanaka');
			const { visitor, page } = await panel.openAs('Halvorsen', '/desk');
			const { card } = panel.cardOf('Tanaka');
			await visitor.send(page, '/desk/erase', { leaving_card: card, seen: 'yes' });
			bed.clock.advance(8 * DAY);
			await bed.bridge().settle();
			expect(await rows('restricted_account'), 'the account is gone').to.deep.equal([]);
			expect((await panel.arrive('Tanaka', kenton)).claims).to.include({ standing: 'porch' });
		});

		it('ends with its day: then nothing of them is left, and they come in', async () => {
			await restrictAndDelete('Okafor', { until: panel.day(1) });
			expect((await panel.arrive('Okafor', kenton)).claims).to.include({ standing: 'porch' });
			bed.clock.advance(2 * DAY + 1);
			expect((await panel.arrive('Okafor', kenton)).claims).to.include({ standing: 'full' });
			await bed.bridge().settle();
			for (const table of ['restricted_account', 'restricted_link', 'restricted_pass'])
				expect(await rows(table), table).to.deep.equal([]);
		});
	});
});
