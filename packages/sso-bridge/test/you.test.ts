import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import pg from 'pg';
import { formsIn, type Seen, type Visitor } from '../../../test/e2e/visitor.ts';
import { type Authenticator, authenticator } from './fixtures/authenticator.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { recoveryCodeOn } from './fixtures/doors.ts';

describe('your sign-in', () => {
	let bed: Bed;
	let belmont: BranchClient;
	before(async () => {
		const deck = demoDeck('bed').map(({ internalId: _none, ...patron }) => patron);
		bed = await startBed({ deck });
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	after(() => bed?.close());
	beforeEach(() => {
		bed.ils.misbehave(null);
		bed.clock.advance(16 * 60_000);
	});

	const at = (path: string) => `${bed.salem.origin}${path}`;
	const cardOf = (name: string) => ({ card: bed.person(name).card, pin: bed.person(name).pin });
	/** Goes on from a page that says something first. */
	async function onward(visitor: Visitor, page: Seen): Promise<Seen> {
		const next = /href="([^"]+\/auth\/[^"]+)"/.exec(page.html)?.[1];
		return next === undefined ? page : visitor.open(next);
	}
	async function open(name: string, visitor = visitorOf(bed)): Promise<{ visitor: Visitor; page: Seen }> {
		const asked = await visitor.open(at('/you'));
		if (asked.url.endsWith('/you')) return { visitor, page: asked };
		return { visitor, page: await onward(visitor, await visitor.send(asked, '/sign-in/', cardOf(name))) };
	}
	const optionsOn = (page: Seen): unknown =>
		JSON.parse(
			/data-options="([^"]+)"/.exec(page.html)![1]!.replaceAll('&quot;', '"').replaceAll('&#x3D;', '='),
		);
	async function subOf(name: string): Promise<unknown> {
		const visitor = visitorOf(bed);
		const begun = await belmont.begin();
		const page = await visitor.send(await visitor.open(begun.url), '/sign-in/', cardOf(name));
		return (await belmont.redeem(begun, (await onward(visitor, page)).url)).claims()!.sub;
	}
	async function addPasskey(visitor: Visitor, device: Authenticator): Promise<Seen> {
		const page = await visitor.open(at('/you/passkeys'));
		return visitor.send(page, '/you/passkeys', { answer: device.create(optionsOn(page), bed.salem.origin) });
	}

	it('is reached by card, and says what is known: cards by their number, no number of a card', async () => {
		const { page } = await open('Okafor');
		expect(page.url).to.equal(at('/you'));
		for (const words of [
			'Your sign-in',
			'We know 1 card of yours,',
			'the catalog cannot tell us that it is still you',
			'If you share it in your family, you share this account',
			'another device, with card and PIN You, now',
		]) {
			expect(page.text).to.include(words);
		}
		expect(page.html).to.not.include(bed.person('Okafor').card);
		expect(page.html).to.not.include('<script');
		expect(page.headers['cache-control']).to.equal('no-store');
		expect((await open('Okafor', visitorOf(bed, 'es'))).page.text).to.include('Su acceso');
	});

	it('makes a new recovery code on request, and the old one is worth nothing', async () => {
		const visitor = visitorOf(bed);
		const asked = await visitor.open(at('/you'));
		const first = await visitor.send(asked, '/sign-in/', cardOf('Lindqvist'));
		const old = recoveryCodeOn(first);
		const page = await onward(visitor, first);
		expect(page.text).to.include('You have one, made in');
		const fresh = recoveryCodeOn(await visitor.send(page, '/you/code'));
		expect(fresh).to.not.equal(old);
		const porch = async (code: string) => {
			const other = visitorOf(bed);
			const card = await other.open((await belmont.begin()).url);
			const way = await other.open(new URL(/href="([^"]+\/porch)"/.exec(card.html)![1]!, card.url).href);
			return other.send(way, '/porch', { code });
		};
		expect((await porch(old)).status).to.equal(422);
		expect((await porch(fresh)).text).to.include('Here is your new code');
	});

	it('adds a second card, which then opens the same account; a card with an account of its own stays apart', async () => {
		const sub = await subOf('Halvorsen');
		const { visitor } = await open('Halvorsen');
		const form = await visitor.open(at('/you/card'));
		const wrong = await visitor.send(form, '/you/card', { ...cardOf('Aguilar'), pin: '0000' });
		expect(wrong.status).to.equal(422);
		const page = await visitor.send(wrong, '/you/card', cardOf('Aguilar'));
		expect(page.text).to.include('We know 2 cards of yours,');
		expect(await subOf('Aguilar')).to.equal(sub);
		const hers = await subOf('Nakagawa');
		const taken = await visitor.send(await visitor.open(at('/you/card')), '/you/card', cardOf('Nakagawa'));
		expect(taken.text).to.include('Two accounts are never made one.');
		expect(await subOf('Nakagawa')).to.equal(hers);
	});

	it('adds a passkey with the script’s help, makes it a lock, takes the lock off and the passkey away', async () => {
		const { visitor, page: before } = await open('Tanaka');
		expect(before.text).to.not.include('Make my passkeys a lock');
		const phone = authenticator();
		const form = await visitor.open(at('/you/passkeys'));
		expect(form.headers['content-security-policy']).to.match(
			/script-src http:\/\/card\.salem\.localhost:\d+\/passkey-/,
		);
		expect(form.text).to.include('Card and PIN work without any.');
		const nothing = await visitor.send(form, '/you/passkeys');
		expect(nothing.status).to.equal(422);
		expect(nothing.text).to.include('The passkey was not added');
		const added = await addPasskey(visitor, phone);
		expect(added.text).to.include('Make my passkeys a lock');
		const locked = await visitor.send(added, '/you/lock', { lock: 'on' });
		expect(locked.text).to.include('Card and PIN alone open nothing');
		const other = visitorOf(bed);
		const asked = await other.open(at('/you'));
		const lock = await other.send(asked, '/sign-in/', cardOf('Tanaka'));
		expect(lock.text).to.include('Now your passkey');
		const inside = await other.send(lock, '/lock', { answer: phone.get(optionsOn(lock), bed.salem.origin) });
		expect(inside.url).to.equal(at('/you'));
		expect(inside.text).to.include('with card, PIN and passkey You, now');
		const off = await other.send(inside, '/you/lock', { lock: 'off' });
		expect(off.text).to.include('Make my passkeys a lock');
		const gone = await other.send(off, '/you/passkeys/remove');
		expect(gone.text).to.not.include('Take away');
	});

	it('lists who came in, by day, kind of device and way, and ends them here and at the branches', async () => {
		const thief = visitorOf(bed);
		const begun = await belmont.begin();
		const stolen = await thief.send(await thief.open(begun.url), '/sign-in/', cardOf('Whitehorse'));
		const back = await onward(thief, stolen);
		await belmont.redeem(begun, back.url);
		const { visitor, page } = await open('Whitehorse');
		expect(page.text).to.match(
			/another device, with card and PIN You, now .* another device, with card and PIN/,
		);
		expect(page.text).to.not.match(/\d+:\d\d|127\.0\.0\.1/);
		const before = bed.told.length;
		const after = await visitor.send(page, '/you/sign-ins', { id: 'others' });
		expect(after.text).to.include('ended');
		expect(bed.told.length).to.equal(before + 1);
		expect((await thief.open((await belmont.begin()).url)).text).to.include('Library card number');
		expect((await visitor.open(at('/you'))).url, 'this one goes on').to.equal(at('/you'));
		const gone = await visitor.send(await visitor.open(at('/you')), '/you/sign-ins');
		expect(gone.text, 'one’s own can be ended too').to.include('Library card number');
	});

	it('gives what is stored as a file: no hash, no number of a card, and the name at each branch', async () => {
		const sub = await subOf('Paik');
		const { visitor } = await open('Paik');
		const file = await visitor.open(at('/you/stored'));
		expect(file.headers['content-disposition']).to.include('attachment');
		const stored = JSON.parse(file.html) as Record<string, unknown>;
		expect(Object.keys(stored)).to.deep.equal([
			'library',
			'account',
			'known_by',
			'restriction',
			'deleted_on',
			'recovery_code_made',
			'codes_from_the_desk_waiting',
			'passkeys',
			'sign_ins',
			'name_at_each_branch',
		]);
		expect(stored.known_by).to.have.length(1);
		expect(JSON.stringify(stored.name_at_each_branch)).to.include(String(sub));
		expect(file.html).to.not.include(bed.person('Paik').card);
		const client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
		const { rows } = await client.query('select hash from identity union select id::text from account');
		for (const { hash } of rows as { hash: string }[]) expect(file.html).to.not.include(hash);
		await client.end();
	});

	it('deletes the sign-in with all there is, and whoever comes with the card afterwards is a stranger', async () => {
		const sub = await subOf('Osei');
		const { visitor, page } = await open('Osei');
		const added = await addPasskey(visitor, authenticator());
		const client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
		const { rows } = await client.query('select account from passkey order by added_month desc');
		const tables = ['identity', 'recovery_code', 'passkey', 'sign_in', 'desk_code'];
		const left = async () => {
			let sum = 0;
			for (const table of tables)
				sum += (await client.query(`select 1 from ${table} where account = $1`, [rows[0].account])).rowCount!;
			const questions = [
				"select 1 from oidc where payload->>'accountId' = $1",
				'select 1 from account where id = $1',
			];
			for (const question of questions) sum += (await client.query(question, [rows[0].account])).rowCount!;
			return sum;
		};
		expect(await left()).to.be.above(4);
		const unsure = formsIn(page.html).find(({ action }) => action === '/you/delete')!;
		expect([...unsure.names]).to.include('sure');
		expect((await visitor.send(added, '/you/delete')).url, 'not by a click alone').to.include('/you');
		const done = await visitor.send(await visitor.open(at('/you')), '/you/delete', { sure: 'yes' });
		expect(done.text).to.include('You are forgotten here');
		expect(await left()).to.equal(0);
		await client.end();
		expect((await visitor.open(at('/you'))).text).to.include('Library card number');
		expect(await subOf('Osei')).to.not.equal(sub);
	});

	it('lets whoever came by a code look, end, take and delete, and add nothing that opens doors', async () => {
		const visitor = visitorOf(bed);
		const asked = await visitor.open(at('/you'));
		const code = recoveryCodeOn(await visitor.send(asked, '/sign-in/', cardOf('Aldaba')));
		const other = visitorOf(bed);
		const card = await other.open(at('/you'));
		const way = await other.open(new URL(/href="([^"]+\/porch)"/.exec(card.html)![1]!, card.url).href);
		const page = await onward(other, await other.send(way, '/porch', { code }));
		expect(page.url).to.equal(at('/you'));
		expect(page.text).to.include('You came in by a proof, not by your card');
		const actions = formsIn(page.html).map(({ action }) => action);
		for (const closed of ['/you/code', '/you/lock', '/you/passkeys/remove'])
			expect(actions).to.not.include(closed);
		expect(actions).to.include('/you/delete').and.include('/you/sign-ins');
		expect((await other.open(at('/you/passkeys'))).html).to.not.include('data-passkey=');
		expect((await other.open(at('/you/stored'))).html).to.include('"standing"');
	});

	it('takes nothing from another site, and asks whoever came long ago for their card before anything changes', async () => {
		const { visitor, page } = await open('Okafor');
		const token = /name="_csrf" value="([^"]+)"/.exec(page.html)![1]!;
		const other = visitorOf(bed);
		const hers = await open('Nakagawa', other);
		const stolen = hers.page.html.replaceAll(/name="_csrf" value="[^"]+"/g, `name="_csrf" value="${token}"`);
		const refused = await other.send({ ...hers.page, html: stolen }, '/you/code');
		expect(refused.status).to.equal(403);
		const nobody = await visitorOf(bed).send(page, '/you/code');
		expect(nobody.text, 'without a session').to.include('Library card number');
		expect((await visitor.open(at('/you'))).url).to.equal(at('/you'));
	});
});
