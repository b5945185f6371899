import type { StaffRole } from '@understory/core/grants.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import pg from 'pg';
import type { Seen, Visitor } from '../../../test/e2e/visitor.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import {
	byCode,
	claimsOf,
	deskCodeOn,
	type Going,
	nextOn,
	openByCard,
	recoveryCodeOn,
} from './fixtures/doors.ts';

const HOUR = 3_600_000;

describe('the desk', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let client: pg.Client;
	before(async () => {
		const deck = demoDeck('bed').map(({ internalId: _none, ...patron }) => patron);
		bed = await startBed({ deck });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
	});
	after(async () => {
		await client?.end();
		await bed?.close();
	});
	beforeEach(() => {
		bed.ils.misbehave(null);
		bed.clock.advance(16 * 60_000);
	});

	const at = (path: string) => `${bed.salem.origin}${path}`;
	const cardOf = (name: string) => ({ card: bed.person(name).card, pin: bed.person(name).pin });
	async function hire(name: string, role: StaffRole, until: number | null = null): Promise<void> {
		const token = `for-${name}-${role}`;
		const branch = bed.salem.branches.get('belmont')!.record.id;
		bed.provisioner.invitations.set(token, { role, name: `${name} at work`, branch, by: null });
		await bed.bridge().acceptInvitation({ library: 'salem', token, ...cardOf(name) });
		const staffId = bed.provisioner.invitations.get(token)!.by!;
		const work = { staff_id: staffId, name: `${name} at work`, role, branch, from: 0, until };
		bed.salem.publish(() => void bed.salem.grants.push(work));
		await bed.bridge().settle();
	}
	async function deskOf(name: string, visitor = visitorOf(bed)): Promise<{ visitor: Visitor; page: Seen }> {
		return { visitor, page: await openByCard(visitor, at('/desk'), cardOf(name)) };
	}
	async function arrive(card: Record<string, string>): Promise<Going> {
		const visitor = visitorOf(bed);
		const begun = await belmont.begin();
		return { visitor, begun, page: await visitor.send(await visitor.open(begun.url), '/sign-in/', card) };
	}
	const by = (way: 'porch' | 'day-pass', code: string) => byCode(bed, belmont, way, code);
	const claims = (going: Going) => claimsOf(belmont, going);
	const stored = async () =>
		(
			await client.query<{ row: string }>(
				'select row_to_json(t)::text as row from desk_act t union all select row_to_json(c)::text from desk_code c',
			)
		).rows.map(({ row }) => row);

	it('is there for staff by their own card, and for nobody else', async () => {
		const { page: none } = await deskOf('Okafor');
		expect(none.status).to.equal(404);
		await hire('Aldaba', 'host');
		const { page, visitor } = await deskOf('Aldaba');
		expect(page.status, page.text).to.equal(200);
		expect(page.url, 'the sign-in leads back to it').to.equal(at('/desk'));
		expect(page.text).to.include('Aldaba at work, here you help');
		expect(page.html).to.not.include('<script');
		expect((await visitor.open(at('/you'))).html).to.include('href="/desk"');
		expect((await deskOf('Aldaba', visitorOf(bed, 'es'))).page.text).to.include('El mostrador');
	});

	it('is closed again when the role is over, and to whoever came in by a code', async () => {
		await hire('Paik', 'greeter', bed.clock.now() + HOUR);
		const { visitor, page } = await deskOf('Paik');
		expect(page.status).to.equal(200);
		const code = recoveryCodeOn(await visitor.send(await visitor.open(at('/you')), '/you/code'));
		const other = visitorOf(bed);
		const asked = await other.open(at('/desk'));
		const way = await other.open(new URL(/href="([^"]+\/porch)"/.exec(asked.html)![1]!, asked.url).href);
		const porch = await other.send(way, '/porch', { code });
		const inside = await other.open(nextOn(porch)!);
		expect(inside.status).to.equal(404);
		bed.clock.advance(2 * HOUR);
		expect((await deskOf('Paik')).page.status).to.equal(404);
	});

	it('makes a code that opens the porch once, for the day, and carries no account to another card', async () => {
		const sub = (await claims(await arrive(cardOf('Tanaka')))).sub;
		const { visitor, page } = await deskOf('Aldaba');
		const { card } = cardOf('Tanaka');
		const slip = await visitor.send(page, '/desk/code', { card, opens: 'porch', seen: 'yes' });
		expect(slip.text)
			.to.include('A code for the porch')
			.and.include(`ends in ${card.slice(-4)}`);
		expect(slip.html).to.not.include(card);
		const code = deskCodeOn(slip);
		expect((await arrive({ ...cardOf('Lindqvist'), code })).page.status, 'no way to a new card').to.equal(
			422,
		);
		expect(await claims(await by('porch', code))).to.include({ sub, standing: 'porch' });
		expect((await by('porch', code)).page.status, 'once').to.equal(422);
		const again = await deskOf('Aldaba');
		const second = await again.visitor.send(again.page, '/desk/code', { card, opens: 'porch', seen: 'yes' });
		const mine = visitorOf(bed);
		const own = await mine.send(await mine.open(at('/you')), '/sign-in/', cardOf('Tanaka'));
		const told = nextOn(own) ? await mine.open(nextOn(own)!) : own;
		expect(told.text, 'its owner sees it').to.include('A desk made 1 code for you');
		bed.clock.advance(25 * HOUR);
		expect((await by('porch', deskCodeOn(second))).page.status, 'its day is over').to.equal(422);
	});

	it('gives a slip for a card that was never here too, so that a clerk learns nothing of who is', async () => {
		const { visitor, page } = await deskOf('Aldaba');
		const never = await visitor.send(page, '/desk/code', {
			card: cardOf('Brandt').card,
			opens: 'porch',
			seen: 'yes',
		});
		const known = await visitor.send(await visitor.open(at('/desk')), '/desk/code', {
			card: cardOf('Tanaka').card,
			opens: 'porch',
			seen: 'yes',
		});
		const bare = (seen: Seen) =>
			seen.text.replace(/[0-9A-Z]{5}-[0-9A-Z]{5}/, '').replace(/ends in \d{4}/, '');
		expect(bare(never)).to.equal(bare(known));
		expect((await by('porch', deskCodeOn(never))).page.status).to.equal(422);
	});

	it('makes a code for a new card that works from tomorrow, and that its owner takes back until then', async () => {
		const sub = (await claims(await arrive(cardOf('Halvorsen')))).sub;
		const make = async () => {
			const { visitor, page } = await deskOf('Aldaba');
			const { card } = cardOf('Halvorsen');
			return deskCodeOn(await visitor.send(page, '/desk/code', { card, opens: 'card', seen: 'yes' }));
		};
		const taken = await make();
		expect((await arrive({ ...cardOf('Nakagawa'), code: taken })).page.status, 'not yet').to.equal(422);
		const owner = visitorOf(bed);
		const asked = await owner.send(await owner.open(at('/you')), '/sign-in/', cardOf('Halvorsen'));
		await owner.send(nextOn(asked) ? await owner.open(nextOn(asked)!) : asked, '/you/desk-codes');
		bed.clock.advance(25 * HOUR);
		expect((await arrive({ ...cardOf('Nakagawa'), code: taken })).page.status, 'taken back').to.equal(422);
		const code = await make();
		bed.clock.advance(25 * HOUR);
		expect(await claims(await arrive({ ...cardOf('Nakagawa'), code }))).to.include({ sub, standing: 'full' });
	});

	it('lets a greeter make codes for the porch and none for a new card', async () => {
		await hire('Lindqvist', 'greeter');
		const { visitor, page } = await deskOf('Lindqvist');
		expect(page.html).to.not.include('name="opens"');
		const forged = page.html.replace('id="card" name="card"', 'id="card" name="card"><input name="opens"');
		const sent = await visitor.send({ ...page, html: forged }, '/desk/code', {
			card: cardOf('Tanaka').card,
			opens: 'card',
			seen: 'yes',
		});
		expect(sent.status).to.equal(403);
	});

	it('says what is missing, and makes nothing of it', async () => {
		const shown = cardOf('Aguilar').card;
		const { visitor, page } = await deskOf('Aldaba');
		const before = await stored();
		const unseen = await visitor.send(page, '/desk/code', { card: cardOf('Tanaka').card, opens: 'porch' });
		expect(unseen.status).to.equal(422);
		expect(unseen.text).to.include('Look first, then say that you did.');
		const short = await visitor.send(unseen, '/desk/code', { card: '123', opens: 'porch', seen: 'yes' });
		expect(short.text).to.include('Look at the card number again');
		const cardless = await visitor.send(short, '/desk/pass', { age: 'adult', seen: 'yes' });
		expect(cardless.text).to.include('Look at the card number again');
		const ageless = await visitor.send(cardless, '/desk/pass', { pass_card: shown, seen: 'yes' });
		expect(ageless.text).to.include('Say which of the two it is.');
		expect(await stored()).to.deep.equal(before);
	});

	it('makes no day pass while the catalogue answers', async () => {
		const shown = cardOf('Aguilar').card;
		const { visitor, page } = await deskOf('Aldaba');
		const sent = await visitor.send(page, '/desk/pass', { pass_card: shown, age: 'adult', seen: 'yes' });
		expect(sent.status).to.equal(422);
		expect(sent.text).to.include('The catalog answers, so no day pass is needed');
	});

	it('lets a newcomer in for the day when the catalogue is dead, and the account goes with their card afterwards', async () => {
		const shown = cardOf('Aguilar').card;
		const { visitor, page } = await deskOf('Aldaba');
		bed.ils.misbehave('dead');
		const slip = await visitor.send(page, '/desk/pass', { pass_card: shown, age: 'teen', seen: 'yes' });
		expect(slip.text, slip.text).to.include('A day pass').and.include('until midnight');
		expect(slip.html, 'nor is the card that was shown kept').to.not.include(shown);
		expect((await client.query('select * from restricted_pass')).rows).to.deep.equal([]);
		const pass = deskCodeOn(slip);
		expect((await by('porch', pass)).page.status, 'it is no proof of who somebody was').to.equal(422);
		const first = await by('day-pass', pass);
		expect(first.page.text).to.include('You are in until midnight.');
		const recovery = recoveryCodeOn(first.page);
		const told = await claims(first);
		expect(told).to.include({ standing: 'full', age_band: 'teen' });
		expect((await by('day-pass', pass)).page.status, 'once').to.equal(422);
		bed.ils.misbehave(null);
		bed.clock.advance(25 * HOUR);
		const porch = await by('porch', recovery);
		expect(await claims(porch), 'tomorrow it opens no more than the porch').to.include({
			sub: told.sub,
			standing: 'porch',
		});
		const fresh = recoveryCodeOn(porch.page);
		const carried = await claims(await arrive({ ...cardOf('Aguilar'), code: fresh }));
		expect(carried).to.include({ sub: told.sub, standing: 'full' });
	});

	it('makes a day pass too while a catalogue that says yes to everybody is switched off', async () => {
		const { card: canary, pin: own } = cardOf('Lindqvist');
		const { visitor, page } = await deskOf('Aldaba');
		bed.settings.set('salem', { canaries: [{ card: canary, pin: own }] });
		bed.ils.misbehave('says_yes');
		try {
			const form = { pass_card: cardOf('Aguilar').card, age: 'adult', seen: 'yes' };
			const slip = await visitor.send(page, '/desk/pass', form);
			expect(slip.text, slip.text).to.include('A day pass').and.include('until midnight');
		} finally {
			bed.settings.delete('salem');
			await client.query('delete from alert');
		}
	});

	it('ends a day at midnight, also while the catalogue stays dead', async () => {
		const shown = cardOf('Aguilar').card;
		const { visitor, page } = await deskOf('Aldaba');
		bed.ils.misbehave('dead');
		const pass = deskCodeOn(
			await visitor.send(page, '/desk/pass', { pass_card: shown, age: 'adult', seen: 'yes' }),
		);
		const going = await by('day-pass', pass);
		expect(await claims(going)).to.include({ standing: 'full' });
		bed.clock.advance(25 * HOUR);
		const begun = await belmont.begin();
		const back = await going.visitor.open(begun.url);
		if (!back.url.startsWith(belmont.callback)) return expect(back.url).to.include('/sign-in/');
		expect((await belmont.redeem(begun, back.url)).claims()).to.include({ standing: 'porch' });
	});

	it('lets one of five in who show one pass at the same moment', async () => {
		const shown = cardOf('Aguilar').card;
		const { visitor, page } = await deskOf('Aldaba');
		bed.ils.misbehave('dead');
		const pass = deskCodeOn(
			await visitor.send(page, '/desk/pass', { pass_card: shown, age: 'adult', seen: 'yes' }),
		);
		const all = await Promise.all(Array.from({ length: 5 }, () => by('day-pass', pass)));
		expect(all.filter((one) => one.page.status === 200)).to.have.length(1);
	});

	it('lets one clerk make so many a day, also from two windows, and tells whoever oversees without telling for whom', async () => {
		bed.clock.advance(24 * HOUR);
		const { visitor, page } = await deskOf('Aldaba');
		const { card } = cardOf('Tanaka');
		const sent = await Promise.all(
			Array.from({ length: 7 }, () => visitor.send(page, '/desk/code', { card, opens: 'card', seen: 'yes' })),
		);
		expect(sent.filter(({ status }) => status === 200)).to.have.length(5);
		expect(sent.find(({ status }) => status === 429)!.text).to.include('A colleague can help.');
		await hire('Nakagawa', 'branch_lead');
		const { page: seen } = await deskOf('Nakagawa');
		expect(seen.text).to.include('5 codes for a new card Aldaba at work');
		expect((await deskOf('Lindqvist')).page.text).to.not.include('Aldaba at work');
		const acts = await client.query<Record<string, unknown>>('select * from desk_act limit 1');
		expect(Object.keys(acts.rows[0]!)).to.have.members(['library', 'day', 'staff', 'act', 'times']);
		expect(bed.log.join('\n')).to.not.include(card);
	});

	it('tells whoever oversees since when somebody seems to guess PINs', async () => {
		expect((await deskOf('Nakagawa')).page.text).to.include('Nothing in the last 30 days.');
		await client.query(
			"insert into alert (library, kind, since, last, times) values ($1, 'guessing', to_timestamp($2), to_timestamp($2), 1)",
			[bed.salem.id, Math.floor(bed.clock.now() / 1000) - 3_600],
		);
		expect((await deskOf('Nakagawa')).page.text).to.include('many cards, one wrong PIN after the other');
		expect((await deskOf('Lindqvist')).page.text).to.not.include('many cards');
	});

	describe('asked to delete somebody', () => {
		const ask = async (name: string) => {
			const { visitor, page } = await deskOf('Aldaba');
			return visitor.send(page, '/desk/erase', { leaving_card: cardOf(name).card, seen: 'yes' });
		};
		const youOf = async (name: string) => {
			const visitor = visitorOf(bed);
			const page = await visitor.send(await visitor.open(at('/you')), '/sign-in/', cardOf(name));
			return { visitor, told: page, page: nextOn(page) ? await visitor.open(nextOn(page)!) : page };
		};

		it('does it after a week, of which its owner reads at each sign-in; then they are a stranger, and their branches are told', async () => {
			const before = (await claims(await arrive(cardOf('Okafor')))).sub;
			const noted = await ask('Okafor');
			expect(noted.status, noted.text).to.equal(200);
			expect(noted.text).to.include('It is noted').and.include('Accounts at branches stay');
			expect(noted.html).to.not.include(cardOf('Okafor').card);
			bed.clock.advance(6 * 24 * HOUR);
			await bed.bridge().settle();
			const warned = await arrive(cardOf('Okafor'));
			expect(warned.page.text).to.include('Do you want to be deleted?');
			expect((await claims(warned)).sub).to.equal(before);
			const told = bed.told.length;
			bed.clock.advance(25 * HOUR);
			await bed.bridge().settle();
			expect(bed.told.length, 'the branch hears that its sign-ins have ended').to.equal(told + 2);
			expect((await claims(await arrive(cardOf('Okafor')))).sub).to.not.equal(before);
		});

		it('keeps whoever says so on their own page', async () => {
			const before = (await claims(await arrive(cardOf('Tanaka')))).sub;
			await ask('Tanaka');
			const { visitor, page, told } = await youOf('Tanaka');
			expect(told.text).to.include('If you did not, keep it');
			const stored = JSON.parse((await visitor.open(at('/you/stored'))).html) as { deleted_on: string };
			expect(stored.deleted_on).to.match(/^\d{4}-\d{2}-\d{2}$/);
			expect((await visitor.send(page, '/you/keep')).text).to.not.include('Somebody at a desk noted');
			bed.clock.advance(8 * 24 * HOUR);
			await bed.bridge().settle();
			expect((await claims(await arrive(cardOf('Tanaka')))).sub).to.equal(before);
		});

		it('cannot be made to come sooner or later by asking again, tells nobody who is here, and is for no greeter', async () => {
			await ask('Tanaka');
			const first = (await client.query('select due from erasure')).rows[0].due as Date;
			bed.clock.advance(24 * HOUR);
			const known = await ask('Tanaka');
			expect((await client.query('select due from erasure')).rows[0].due).to.deep.equal(first);
			const never = await ask('Brandt');
			const bare = (seen: Seen) => seen.text.replace(/ends in \d{4}/, '');
			expect(bare(never)).to.equal(bare(known));
			expect((await client.query('select * from erasure')).rows).to.have.length(1);
			await client.query('delete from erasure');
			expect((await deskOf('Lindqvist')).page.html).to.not.include('/desk/erase');
		});
	});

	it('takes nothing from another site', async () => {
		const { visitor, page } = await deskOf('Aldaba');
		const forged = { ...page, url: 'http://elsewhere.example/' };
		const html = page.html.replaceAll('action="/desk', `action="${at('/desk')}`);
		const sent = await visitor.send({ ...forged, html }, at('/desk/code'), {
			card: cardOf('Tanaka').card,
			opens: 'porch',
			seen: 'yes',
		});
		expect(sent.status).to.equal(403);
	});
});
