import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import pg from 'pg';
import { makeDeskCode } from '../src/desk/desk-code.ts';
import { libraryKeys } from '../src/keys.ts';
import { openDatabase } from '../src/store/database.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { claimsOf, type Going, recoveryCodeOn } from './fixtures/doors.ts';

describe('the way to the porch', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let kenton: BranchClient;
	before(async () => {
		const deck = demoDeck('bed').map(({ internalId: _none, ...patron }) => patron);
		bed = await startBed({ deck });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		kenton = await branchClient(bed, bed.salem, 'kenton');
	});
	after(() => bed?.close());
	beforeEach(() => {
		bed.ils.misbehave(null);
		bed.clock.advance(16 * 60_000);
	});

	const cardOf = (name: string) => ({ card: bed.person(name).card, pin: bed.person(name).pin });
	async function begin(visitor = visitorOf(bed), client = belmont): Promise<Going> {
		const begun = await client.begin();
		return { visitor, begun, page: await visitor.open(begun.url) };
	}
	async function withCard(card: { card: string; pin: string }): Promise<Going> {
		const going = await begin();
		return { ...going, page: await going.visitor.send(going.page, '/sign-in/', card) };
	}
	async function withCode(code: string, going?: Going): Promise<Going> {
		const { visitor, begun, page } = going ?? (await begin());
		const link = /href="(\/sign-in\/[^"]+\/porch)"/.exec(page.html)![1]!;
		const porch = await visitor.open(new URL(link, page.url).href);
		return { visitor, begun, page: await visitor.send(porch, '/porch', { code }) };
	}
	const claims = (going: Going, client = belmont) => claimsOf(client, going);
	/** What a desk would give to somebody whose card it looked up. */
	async function deskCodeFor(sub: string): Promise<string> {
		const database = await openDatabase(bed.databaseUrl);
		try {
			const keys = libraryKeys({ master: bed.master }, bed.salem.id);
			const sector = bed.salem.branches.get('belmont')!.record.sector;
			const accounts: { id: string }[] = await database('account').select('id');
			const account = accounts.find(({ id }) => keys.subject(sector, id) === sub)!.id;
			const now = bed.clock.now();
			const parts = { database, keys, library: bed.salem.id, now };
			return await makeDeskCode(parts, { opens: 'porch', account, from: now, until: now + 86_400_000 });
		} finally {
			await database.destroy();
		}
	}

	it('is open to an expired, a blocked and another library’s card that was here before, with its own PIN', async () => {
		const { card, pin } = cardOf('Brandt');
		bed.change(card, { state: 'good' });
		const first = await claims(await withCard({ card, pin }));
		expect(first.standing).to.equal('full');
		bed.change(card, { state: 'blocked' });
		const blocked = await withCard({ card, pin });
		expect(blocked.page.text).to.include('Your card does not open the branch now');
		expect(blocked.page.text).to.include('The library has a question about this card.');
		expect(await claims(blocked)).to.include({ sub: first.sub, standing: 'porch', age_band: 'adult' });
		bed.change(card, { state: 'good', expires: '20200101' });
		expect(await claims(await withCard({ card, pin }))).to.include({ sub: first.sub, standing: 'porch' });
		bed.change(card, { expires: '20301231' });
		expect(await claims(await withCard({ card, pin })), 'and it opens again').to.include({
			standing: 'full',
		});
	});

	it('is not opened by a lost card, whose finder may know the PIN too; the page says which other ways there are', async () => {
		const { card, pin } = cardOf('Ferreira');
		bed.change(card, { state: 'good' });
		const first = await withCard({ card, pin });
		const code = recoveryCodeOn(first.page);
		const { sub } = await claims(first);
		bed.change(card, { state: 'lost' });
		const lost = await withCard({ card, pin });
		expect(lost.page.status).to.equal(422);
		expect(lost.page.text).to.include('Please see a desk about this card');
		expect(lost.page.text).to.include('My card does not open the door any more');
		expect(await claims(await withCode(code, lost))).to.include({ sub, standing: 'porch' });
	});

	for (const way of ['the recovery code', 'a code from the desk'] as const) {
		it(`is opened by ${way}, once, and goes no further, though the card is good`, async () => {
			const name = way === 'the recovery code' ? 'Okafor' : 'Lindqvist';
			const first = await withCard(cardOf(name));
			const shown = recoveryCodeOn(first.page);
			const { sub } = await claims(first);
			const code = way === 'the recovery code' ? shown : await deskCodeFor(String(sub));
			const porch = await withCode(` ${code.toLowerCase()} `);
			if (way === 'the recovery code') expect(porch.page.text).to.include('Here is your new code');
			const told = await claims(porch);
			expect(told).to.include({ sub, standing: 'porch' });
			expect(told).to.not.have.property('amr');
			const again = await withCode(code);
			expect(again.page.status).to.equal(422);
			expect(again.page.text).to.include('That code does not work');
			expect(await claims(await withCard(cardOf(name)))).to.include({ standing: 'full' });
		});
	}

	it('stays the porch at every branch of the library, and in the tokens, until somebody comes by card', async () => {
		const first = await withCard(cardOf('Tanaka'));
		const code = recoveryCodeOn(first.page);
		await claims(first);
		const porch = await withCode(code);
		await claims(porch);
		const begun = await kenton.begin();
		const back = await porch.visitor.open(begun.url);
		expect(back.url, 'nobody is asked twice').to.include(kenton.callback);
		const tokens = await kenton.redeem(begun, back.url);
		expect(tokens.claims()).to.include({ standing: 'porch' });
		const info = await bed.outgoing.fetch(kenton.config.serverMetadata().userinfo_endpoint!, {
			headers: { authorization: `Bearer ${tokens.access_token}` },
		});
		expect(((await info.json()) as { standing: string }).standing).to.equal('porch');
	});

	it('gives a member of staff no staff hat', async () => {
		bed.provisioner.invitations.set('june', { role: 'host', name: 'June', branch: null, by: null });
		const { card, pin } = cardOf('Aldaba');
		const first = await withCard({ card, pin });
		const code = recoveryCodeOn(first.page);
		await claims(first);
		await bed.bridge().acceptInvitation({ library: 'salem', token: 'june', card, pin });
		expect(await claims(await withCard({ card, pin }))).to.have.property('staff_id');
		expect(await claims(await withCode(code))).to.not.have.property('staff_id');
	});

	it('opens when the catalogue is dead, by every code', async () => {
		const first = await withCard(cardOf('Halvorsen'));
		const recovery = recoveryCodeOn(first.page);
		const { sub } = await claims(first);
		const desk = await deskCodeFor(String(sub));
		bed.ils.misbehave('dead');
		const silent = await withCard(cardOf('Halvorsen'));
		expect(silent.page.status).to.equal(503);
		expect(silent.page.text).to.include('My card does not open the door any more');
		expect(await claims(await withCode(recovery, silent))).to.include({ sub, standing: 'porch' });
		expect(await claims(await withCode(desk))).to.include({ sub, standing: 'porch' });
	});

	it('says in words what is wrong with a code, keeps it, and makes guessers wait', async () => {
		const { visitor, page } = await begin(visitorOf(bed, 'es'));
		const link = /href="(\/sign-in\/[^"]+\/porch)"/.exec(page.html)![1]!;
		const porch = await visitor.open(new URL(link, page.url).href);
		expect(porch.text).to.include('Qué está abierto en el porche');
		const empty = await visitor.send(porch, '/porch', { code: '' });
		expect(empty.status).to.equal(422);
		expect(empty.text).to.include('Falta el código');
		const wrong = await visitor.send(porch, '/porch', { code: 'ABCDE-FGHJK' });
		expect(wrong.text).to.include('Ese código no sirve');
		expect(wrong.html).to.include('value="ABCDE-FGHJK"');
		let last = wrong;
		for (let tries = 0; tries < 12; tries++)
			last = await visitor.send(last, '/porch', { code: `ABCDE-FGH${tries}0` });
		expect(last.status).to.equal(429);
		expect(last.text).to.include('Su código sigue sirviendo');
	});

	it('makes nobody who was never here an account, and keeps nothing of them', async () => {
		const client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
		try {
			const count = async () =>
				(
					await client.query(
						'select (select count(*) from account) a, (select count(*) from identity) i, (select count(*) from sign_in) s',
					)
				).rows[0];
			const before = await count();
			for (const [name, words] of [
				['Castellano', 'Your card ended on'],
				['Park', 'An account comes a little later'],
			] as const) {
				const { page } = await withCard(cardOf(name));
				expect(page.status).to.be.oneOf([422, 403]);
				expect(page.text).to.include(words);
			}
			expect(await count()).to.deep.equal(before);
		} finally {
			await client.end();
		}
	});
});
