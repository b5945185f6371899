import { randomUUID } from 'node:crypto';
import { silentLog } from '@understory/core/log.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import type { Seen, Visitor } from '../../../test/e2e/visitor.ts';
import type { CardParts } from '../src/context.ts';
import { machinePace } from '../src/guessing/pace.ts';
import { libraryKeys } from '../src/keys.ts';
import { addingOptions, addNew } from '../src/passkeys/adding.ts';
import { askingOptions, whoseAnswer } from '../src/passkeys/coming-in.ts';
import { FORM_LIFE_MS } from '../src/passkeys/relying-party.ts';
import { giveRecoveryCode } from '../src/recovery/recovery-code.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { lockAccount, MOST_PASSKEYS, passkeysOf, removePasskey } from '../src/store/passkeys.ts';
import { type Authenticator, authenticator } from './fixtures/authenticator.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type Begun, type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { claimsOf, type Going, optionsOn } from './fixtures/doors.ts';

describe('passkeys', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let database: Database;
	let parts: CardParts;
	before(async () => {
		bed = await startBed({ deck: demoDeck('bed') });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		database = await openDatabase(bed.databaseUrl);
		parts = {
			database,
			clock: bed.clock,
			log: silentLog,
			randomId: randomUUID,
			keysOf: (id: string) => libraryKeys({ master: bed.master }, id),
			signIn: () => null,
			pace: machinePace(0),
		} as unknown as CardParts;
	});
	after(async () => {
		await database?.destroy();
		await bed?.close();
	});
	beforeEach(() => bed.ils.misbehave(null));

	const library = () => bed.salem.record;
	const origin = () => bed.salem.origin;
	const formNow = () => ({ id: randomUUID(), shown: bed.clock.now() });
	async function begin(visitor = visitorOf(bed), extra: Record<string, string> = {}): Promise<Going> {
		const begun = await belmont.begin(extra);
		return { visitor, begun, page: await visitor.open(begun.url) };
	}
	const claims = (going: Going) => claimsOf(belmont, going);
	async function withCard(name: string, pin = bed.person(name).pin): Promise<Going> {
		const going = await begin();
		return {
			...going,
			page: await going.visitor.send(going.page, '/sign-in/', { card: bed.person(name).card, pin }),
		};
	}
	/** Somebody who signed in by card, with their account. */
	async function somebody(name: string): Promise<{ account: string; sub: string }> {
		const { sub } = await claims(await withCard(name));
		const keys = parts.keysOf(bed.salem.id);
		const sector = bed.salem.branches.get('belmont')!.record.sector;
		const accounts: { id: string }[] = await database('account').select('id');
		return { account: accounts.find(({ id }) => keys.subject(sector, id) === sub)!.id, sub: String(sub) };
	}
	async function add(account: string, device: Authenticator): Promise<string> {
		const adding = { library: library(), account, form: formNow() };
		const options = await addingOptions(parts, adding, 'Salem, November 26');
		return addNew(parts, adding, JSON.parse(device.create(options, origin())), 'phone');
	}
	async function toPasskeyPage(going: Going): Promise<Going> {
		const link = /href="(\/sign-in\/[^"]+\/passkey)"/.exec(going.page.html)![1]!;
		return { ...going, page: await going.visitor.open(new URL(link, going.page.url).href) };
	}
	async function answer(going: Going, path: string, text: string): Promise<Going> {
		return { ...going, page: await going.visitor.send(going.page, path, { answer: text }) };
	}

	describe('are a second door', () => {
		it('that opens with a fingerprint and without a card, also when the catalogue is dead', async () => {
			const { account, sub } = await somebody('Okafor');
			const phone = authenticator();
			expect(await add(account, phone)).to.equal('added');
			bed.ils.misbehave('dead');
			const going = await toPasskeyPage(await begin());
			expect(going.page.text).to.include('Sign in with a passkey');
			const back = await answer(going, '/passkey', phone.get(optionsOn(going.page), origin()));
			expect(await claims(back)).to.include({ sub, standing: 'full', age_band: 'adult' });
		});

		it('on a page with one script, whose policy names it and nothing else; the page with the PIN has none', async () => {
			const going = await begin();
			expect(going.page.headers['content-security-policy']).to.not.include('script-src');
			expect(going.page.html).to.not.include('<script');
			const { page, visitor } = await toPasskeyPage(going);
			const script = /<script type="module" src="([^"]+)"><\/script>/.exec(page.html)![1]!;
			expect(page.headers['content-security-policy']).to.include(`default-src 'none'; script-src ${script};`);
			expect(page.html).to.not.include('type="password"');
			expect(page.text).to.include('Card and PIN work without any.');
			const file = await visitor.open(script);
			expect(file.headers['content-type']).to.include('text/javascript');
			expect(file.html).to.not.match(/fetch|XMLHttpRequest|sendBeacon|import\s|localStorage|cookie/);
		});

		it('is shown first to whoever came by it before in this browser, and the card is a link away', async () => {
			const { account } = await somebody('Tanaka');
			const phone = authenticator();
			await add(account, phone);
			const going = await toPasskeyPage(await begin());
			await claims(await answer(going, '/passkey', phone.get(optionsOn(going.page), origin())));
			const again = await begin(going.visitor, { prompt: 'login' });
			expect(again.page.url).to.match(/\/passkey$/);
			const link = /href="([^"]+\?with=card)"/.exec(again.page.html)![1]!;
			const card = await going.visitor.open(new URL(link, again.page.url).href);
			expect(card.text).to.include('Library card number');
		});

		it('opens the porch when nobody has asked the catalogue for too long, until the card was shown once more', async () => {
			const { account, sub } = await somebody('Lindqvist');
			const phone = authenticator();
			await add(account, phone);
			const come = async () => {
				const going = await toPasskeyPage(await begin());
				return claims(await answer(going, '/passkey', phone.get(optionsOn(going.page), origin())));
			};
			bed.clock.advance(29 * 86_400_000);
			expect(await come()).to.include({ sub, standing: 'full' });
			bed.clock.advance(9 * 86_400_000);
			// The catalogue has answered for others meanwhile, so its silence is no excuse.
			await somebody('Okafor');
			expect(await come()).to.include({ sub, standing: 'porch' });
			await somebody('Lindqvist');
			expect(await come()).to.include({ sub, standing: 'full' });
		});
	});

	describe('refuse', () => {
		let account: string;
		let device: Authenticator;
		before(async () => {
			({ account } = await somebody('Whitehorse'));
			device = authenticator();
			await add(account, device);
		});
		const asking = () => ({ library: library(), form: formNow() });
		async function tryWith(make: (options: object) => string, at = asking()): Promise<boolean> {
			const options = await askingOptions(parts, at, null);
			return (await whoseAnswer(parts, at, JSON.parse(make(options)))) !== null;
		}

		it('an answer from another site, to another form, of another kind, without a finger or a code, or spoiled', async () => {
			expect(await tryWith((options) => device.get(options, origin())), 'the right one').to.equal(true);
			const wrong: [string, (options: object) => string][] = [
				['another site', (options) => device.get(options, 'http://card.salem.example')],
				['a branch', (options) => device.get(options, bed.salem.branches.get('belmont')!.record.origin)],
				['another challenge', (options) => device.get(options, origin(), { challenge: 'b3RoZXI' })],
				['another relying party', (options) => device.get(options, origin(), { rpId: 'salem.localhost' })],
				['another kind', (options) => device.get(options, origin(), { type: 'webauthn.create' })],
				['nobody there', (options) => device.get(options, origin(), { flags: 0x00 })],
				['nobody verified', (options) => device.get(options, origin(), { flags: 0x01 })],
				['spoiled', (options) => device.get(options, origin(), { spoil: true })],
				['no answer', () => '{}'],
				['no object', () => '"x"'],
			];
			for (const [what, make] of wrong) expect(await tryWith(make), what).to.equal(false);
		});

		it('the same answer twice, one that comes too late, and five at the same moment but for one', async () => {
			const at = asking();
			const text = device.get(await askingOptions(parts, at, null), origin());
			const five = await Promise.all(
				Array.from({ length: 5 }, () => whoseAnswer(parts, at, JSON.parse(text))),
			);
			expect(five.filter(Boolean)).to.have.length(1);
			const late = asking();
			const slow = device.get(await askingOptions(parts, late, null), origin());
			bed.clock.advance(FORM_LIFE_MS + 1);
			expect(await whoseAnswer(parts, late, JSON.parse(slow))).to.equal(null);
		});

		it('a copy that lags behind, and take an authenticator that does not count', async () => {
			const copy = device.copy();
			expect(await tryWith((options) => device.get(options, origin()))).to.equal(true);
			expect(await tryWith((options) => copy.get(options, origin()))).to.equal(false);
			const synced = authenticator({ counts: false });
			await add(account, synced);
			for (const time of [1, 2, 3]) {
				expect(await tryWith((options) => synced.get(options, origin())), String(time)).to.equal(true);
			}
		});

		it('the key of another library', async () => {
			const at = { library: bed.bend.record, form: formNow() };
			const options = await askingOptions(parts, at, null);
			const asked = { ...options, rpId: new URL(origin()).hostname };
			expect(await whoseAnswer(parts, at, JSON.parse(device.get(asked, origin())))).to.equal(null);
		});

		it('to be added twice, by somebody else’s answer, or an eleventh time', async () => {
			const adding = { library: library(), account, form: formNow() };
			const options = await addingOptions(parts, adding, 'Salem');
			const text = authenticator().create(options, origin());
			expect(await addNew(parts, adding, JSON.parse(text), 'phone')).to.equal('added');
			expect(await addNew(parts, adding, JSON.parse(text), 'phone'), 'again').to.equal('not_read');
			const other = { ...adding, form: formNow() };
			expect(await addNew(parts, other, JSON.parse(text), 'phone'), 'another form').to.equal('not_read');
			const elsewhere = authenticator().create(
				await addingOptions(parts, other, 'Salem'),
				'http://evil.example',
			);
			expect(await addNew(parts, other, JSON.parse(elsewhere), 'phone')).to.equal('not_read');
			expect(await addNew(parts, other, { id: 1 }, 'phone')).to.equal('not_read');
			const have = (await passkeysOf(database, account)).length;
			for (let at = have; at < MOST_PASSKEYS; at++)
				expect(await add(account, authenticator())).to.equal('added');
			expect(await add(account, authenticator())).to.equal('known');
		});
	});

	describe('are a lock', () => {
		let account: string;
		let sub: string;
		let phone: Authenticator;
		beforeEach(async () => {
			await database('passkey').delete();
			await database('account').update({ locked: false });
			({ account, sub } = await somebody('Aguilar'));
			phone = authenticator();
			await add(account, phone);
			expect(await lockAccount(database, account, true)).to.equal(true);
		});

		it('card and PIN are not enough, and with the passkey they are', async () => {
			const going = await withCard('Aguilar');
			expect(going.page.status).to.equal(200);
			expect(going.page.text)
				.to.include('Now your passkey')
				.and.include('nobody comes in by knowing your PIN');
			expect(going.page.html).to.not.include('/auth/');
			const back = await answer(going, '/lock', phone.get(optionsOn(going.page), origin()));
			expect(await claims(back)).to.include({ sub, standing: 'full' });
		});

		it('who said that others use the computer too is out after a short time, also behind the lock', async () => {
			const going = await begin();
			const { card, pin } = bed.person('Aguilar');
			const page = await going.visitor.send(going.page, '/sign-in/', { card, pin, shared: 'yes' });
			const back = await answer({ ...going, page }, '/lock', phone.get(optionsOn(page), origin()));
			expect(await claims(back)).to.include({ sub });
			const last = await database('sign_in').where({ account }).orderBy('number', 'desc').first('device');
			expect(last).to.deep.equal({ device: 'shared' });
		});

		it('a passkey of somebody else does not turn it, nor an answer to another sign-in’s page', async () => {
			const hers = await somebody('Nakagawa');
			const tablet = authenticator();
			await add(hers.account, tablet);
			const going = await withCard('Aguilar');
			const asked = { ...(optionsOn(going.page) as object), allowCredentials: [] };
			const wrong = await answer(going, '/lock', tablet.get(asked, origin()));
			expect(wrong.page.status).to.equal(422);
			expect(wrong.page.text).to.include('That passkey does not open this account');
			const other = await withCard('Aguilar');
			const step = (page: Seen) => /name="step" value="([^"]+)"/.exec(page.html)![1]!;
			const stolen = await other.visitor.send(other.page, '/lock', {
				answer: phone.get(optionsOn(other.page), origin()),
				step: step(going.page),
			});
			expect(stolen.status).to.equal(404);
			const right = await answer(wrong, '/lock', phone.get(optionsOn(wrong.page), origin()));
			expect(await claims(right)).to.include({ sub, standing: 'full' });
		});

		it('the passkey alone then opens the porch and no more', async () => {
			const going = await toPasskeyPage(await begin());
			const back = await answer(going, '/passkey', phone.get(optionsOn(going.page), origin()));
			expect(await claims(back)).to.include({ sub, standing: 'porch' });
		});

		it('a lost passkey is stood in for by the recovery code, once; a wrong PIN still tells nothing of the lock', async () => {
			const code = await giveRecoveryCode({ database, library: bed.salem.id }, account, '2026-11');
			const wrong = await withCard('Aguilar', '0000');
			expect(wrong.page.text).to.include('do not match').and.not.include('passkey has to come');
			const going = await withCard('Aguilar');
			const bad = await going.visitor.send(going.page, '/lock-code', { code: 'ABCDE-FGHJK-MNPQR-STVWX' });
			expect(bad.status).to.equal(422);
			expect(bad.text).to.include('That code does not work');
			const page = await going.visitor.send(bad, '/lock-code', { code });
			expect(page.text).to.include('Here is your new code');
			expect(await claims({ ...going, page })).to.include({ sub, standing: 'full' });
			const again = await withCard('Aguilar');
			expect((await again.visitor.send(again.page, '/lock-code', { code })).status).to.equal(422);
		});

		it('another person’s recovery code neither opens it nor is used up by trying', async () => {
			const hers = await somebody('Paik');
			const code = await giveRecoveryCode({ database, library: bed.salem.id }, hers.account, '2026-11');
			const going = await withCard('Aguilar');
			expect((await going.visitor.send(going.page, '/lock-code', { code })).status).to.equal(422);
			expect(await database('recovery_code').where({ account: hers.account })).to.have.length(1);
		});

		it('needs a passkey to begin with, and goes with the last one', async () => {
			const none = await somebody('Halvorsen');
			expect(await lockAccount(database, none.account, true)).to.equal(false);
			const [row] = await passkeysOf(database, account);
			expect(await removePasskey(database, none.account, row!.id), 'not theirs').to.equal(false);
			expect(await removePasskey(database, account, row!.id)).to.equal(true);
			expect((await withCard('Aguilar')).page.url).to.include(belmont.callback);
		});
	});

	it('nothing is written down of them but a public key, a number and months', async () => {
		const { account } = await somebody('Osei');
		await add(account, authenticator());
		const [row] = await passkeysOf(database, account);
		expect(Object.keys(row!).toSorted()).to.deep.equal([
			'account',
			'added_month',
			'counter',
			'credential',
			'device',
			'id',
			'library',
			'public_key',
			'transports',
			'used_month',
		]);
		expect(row).to.include({ device: 'phone', transports: 'internal' });
	});
});

describe('a browser that was never seen', () => {
	let bed: Bed;
	let belmont: BranchClient;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	after(() => bed?.close());

	async function come(visitor: Visitor): Promise<{ page: Seen; begun: Begun }> {
		const { card, pin } = bed.person('Okafor');
		const begun = await belmont.begin({ prompt: 'login' });
		const open = await visitor.open(begun.url);
		return { begun, page: await visitor.send(open, '/sign-in/', { card, pin }) };
	}

	it('is told at the next sign-in in a known one, once, and what came out of it is ended at every branch', async () => {
		const own = visitorOf(bed);
		expect((await come(own)).page.url, 'the first is nobody’s news').to.include(belmont.callback);
		const thief = visitorOf(bed);
		const stolen = await come(thief);
		expect(stolen.page.url, 'and the thief does not read it').to.include(belmont.callback);
		await belmont.redeem(stolen.begun, stolen.page.url);
		expect((await come(thief)).page.url).to.include(belmont.callback);
		const { page } = await come(own);
		expect(page.text).to.include('Was this you?').and.include('another device, with card and PIN');
		const before = bed.told.length;
		const ended = await own.send(page, '/not-me');
		expect(ended.text).to.include('It is ended, here and at every branch');
		expect(bed.told.length, 'the branch is told').to.equal(before + 1);
		const back = await thief.open((await belmont.begin()).url);
		expect(back.text, 'the thief is asked for the card').to.include('Library card number');
		const next = /href="([^"]+\/auth\/[^"]+)"/.exec(ended.html)![1]!;
		expect((await own.open(next)).url).to.include(belmont.callback);
		expect((await come(own)).page.url, 'told once').to.include(belmont.callback);
	});
});
