import { randomUUID } from 'node:crypto';
import { seal, unseal } from '@understory/core/seal.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import pg from 'pg';
import type { Seen } from '../../../test/e2e/visitor.ts';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { openKeyring } from '../src/keyring.ts';
import { libraryKeys } from '../src/keys.ts';
import { openDatabase } from '../src/store/database.ts';
import { aboutRestrictions, addRestriction, type RestrictionRow } from '../src/store/restrictions.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { APPEAL, type Panel, REASON, startPanel } from './fixtures/panel.ts';

const HOUR = 3_600_000;
describe('a restriction for the whole library', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let kenton: BranchClient;
	let client: pg.Client;
	let panel: Panel;
	before(async () => {
		const deck = demoDeck('bed').map(({ internalId: _none, ...patron }) => patron);
		bed = await startBed({ deck });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		kenton = await branchClient(bed, bed.salem, 'kenton');
		client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
		panel = await startPanel(bed);
	});
	after(async () => {
		await client?.end();
		await bed?.close();
	});
	beforeEach(() => {
		bed.ils.misbehave(null);
		bed.clock.advance(16 * 60_000);
	});

	const at = (path: string) => panel.at(path);
	const day = (ahead: number) => panel.day(ahead);
	const cardOf = (name: string) => panel.cardOf(name);
	const nextOn = (page: Seen) => panel.nextOn(page);
	const form: Panel['form'] = (over) => panel.form(over);
	const openAs: Panel['openAs'] = (name, path) => panel.openAs(name, path);
	const arrive = (name: string, to = belmont, language?: string) => panel.arrive(name, to, language);
	/** One proposes, another confirms. */
	async function restrict(name: string, over: Record<string, string> = {}): Promise<{ sub: string }> {
		const { claims } = await arrive(name);
		await panel.agree(claims.sub, over);
		return { sub: claims.sub };
	}
	async function everything(): Promise<string> {
		const rows = await client.query<{ row: string }>(
			'select row_to_json(r)::text as row from restriction r union all select row_to_json(l)::text from restricted_link l union all select row_to_json(a)::text from restricted_account a',
		);
		return rows.rows.map(({ row }) => row).join('\n');
	}
	afterEach(async () => {
		await client.query('delete from restriction');
		await client.query('delete from desk_act');
	});

	it('is for the panel of the whole library, and for no moderator or host of a branch', async () => {
		await panel.hire('Nakagawa', 'moderation_team', null);
		await panel.hire('Halvorsen', 'host', bed.salem.branches.get('belmont')!.record.id);
		for (const name of ['Nakagawa', 'Halvorsen', 'Okafor'])
			expect((await openAs(name, '/desk/panel')).page.status, name).to.equal(404);
		expect((await openAs('Aldaba', '/desk/panel')).page.text).to.include(
			'One of you proposes, another confirms',
		);
	});

	it('needs two: whoever proposed it cannot confirm it, and until then nothing is in force or published', async () => {
		const { claims } = await arrive('Okafor');
		const { visitor, page } = await openAs('Aldaba', '/desk/panel');
		const proposed = await visitor.send(
			page,
			'/desk/panel/propose',
			form({ named: `belmont/${claims.sub}` }),
		);
		expect(proposed.text).to.include('somebody else of the panel confirms it');
		expect(proposed.html).to.not.include('action="/desk/panel/confirm"');
		const id = /name="id" value="([^"]+)"/.exec(proposed.html)![1]!;
		const forged = proposed.html.replace('action="/desk/panel/lift"', 'action="/desk/panel/confirm"');
		const own = await visitor.send({ ...proposed, html: forged }, '/desk/panel/confirm', { id });
		expect(own.status).to.equal(422);
		expect((await arrive('Okafor')).claims).to.include({ standing: 'full' });
		expect((await visitor.open(at('/restrictions'))).text).to.include('There is none');
	});

	it('is beyond a panel of one, whose page says so; what is in force it can lift', async () => {
		await restrict('Okafor');
		const { claims } = await arrive('Tanaka');
		const before = await openAs('Aldaba', '/desk/panel');
		await panel.taken('Paik', async () => {
			const { visitor, page } = await openAs('Aldaba', '/desk/panel');
			expect(page.text).to.include('You are the only one on the panel');
			expect(page.html).to.not.include('action="/desk/panel/propose"');
			const tried = await before.visitor.send(
				before.page,
				'/desk/panel/propose',
				form({ named: `belmont/${claims.sub}` }),
			);
			expect(tried.status).to.equal(422);
			expect(tried.text).to.include('a restriction needs two');
			expect(await everything()).to.not.include('"state":"proposed"');
			await visitor.send(page, '/desk/panel/lift');
			expect((await arrive('Okafor')).claims).to.include({ standing: 'full' });
		});
	});

	it('falls when whoever proposed it is taken off the panel, and whoever was taken off decides nothing', async () => {
		await panel.hire('Halvorsen', 'panel', null);
		const { claims } = await arrive('Okafor');
		const one = await openAs('Aldaba', '/desk/panel');
		await one.visitor.send(one.page, '/desk/panel/propose', form({ named: `belmont/${claims.sub}` }));
		const two = await openAs('Paik', '/desk/panel');
		await panel.taken('Aldaba', async () => {
			const late = await two.visitor.send(two.page, '/desk/panel/confirm');
			expect(late.status).to.equal(422);
			expect(late.text).to.include('is no longer on the panel, so it cannot be confirmed');
			expect(late.html).to.not.include('action="/desk/panel/confirm"');
			expect((await one.visitor.open(at('/desk/panel'))).status).to.equal(404);
			const posted = await one.visitor.send(one.page, '/desk/panel/propose', form());
			expect(posted.status).to.equal(404);
		});
		await panel.taken('Paik', async () => {
			expect((await two.visitor.send(two.page, '/desk/panel/confirm')).status).to.equal(404);
		});
		expect((await arrive('Okafor')).claims).to.include({ standing: 'full' });
	});

	it('keeps a person from the next branch, and tells it no more than a card that ended would', async () => {
		const { sub } = await restrict('Okafor');
		const next = await arrive('Okafor', kenton);
		expect(next.claims).to.include({ standing: 'porch' });
		expect(next.claims.sub).to.not.equal(sub);
		const expired = await arrive('Tanaka', kenton);
		expect(expired.claims.standing).to.equal('full');
		bed.change(cardOf('Tanaka').card, { expires: '20200101' });
		const after = await arrive('Tanaka', kenton);
		bed.change(cardOf('Tanaka').card, { expires: '20301231' });
		expect(Object.keys(next.claims).toSorted()).to.deep.equal(Object.keys(after.claims).toSorted());
		expect(after.claims.standing).to.equal('porch');
		expect((await arrive('Okafor', belmont)).claims, 'and there it is the same person').to.include({
			sub,
			standing: 'porch',
		});
	});

	it('is told to the person where they sign in: why, until when, whom to appeal to; in both languages', async () => {
		await restrict('Lindqvist');
		const { page, visitor } = await arrive('Lindqvist', kenton);
		for (const words of [
			'The branches are closed to you for a while',
			REASON,
			APPEAL,
			'On the porch you read your notices',
			'To the porch of Kenton',
		])
			expect(page.text).to.include(words);
		expect((await arrive('Lindqvist', kenton, 'es')).page.text).to.include('Ante quién puede apelar:');
		const own = await visitor.open(at('/you'));
		const you = own.url.endsWith('/you') ? own : await visitor.send(own, '/sign-in/', cardOf('Lindqvist'));
		const shown = nextOn(you) ? await visitor.open(nextOn(you)!) : you;
		expect(shown.text).to.include(REASON);
		const stored = JSON.parse((await visitor.open(at('/you/stored'))).html) as { restriction: object };
		expect(stored.restriction).to.include({ reason: REASON, appeal: APPEAL, until: day(10) });
	});

	it('is published with its dates and its rule, and without anybody', async () => {
		const { sub } = await restrict('Tanaka');
		const stranger = visitorOf(bed);
		const page = await stranger.open(at('/restrictions'));
		expect(page.text).to.include('No threats').and.include('In force');
		const file = await stranger.open(at('/restrictions.json'));
		const { restrictions } = JSON.parse(file.html) as { restrictions: Record<string, unknown>[] };
		expect(restrictions[0]).to.include({
			from: day(0),
			until: day(10),
			ground: 'conduct@2/no-threats',
			state: 'in_force',
		});
		expect(Object.keys(restrictions[0]!)).to.have.members(['number', 'from', 'until', 'ground', 'state']);
		for (const word of [REASON, APPEAL, String(sub), 'Aldaba', 'Paik'])
			for (const seen of [page.html, file.html]) expect(seen).to.not.include(word);
		await panel.lift();
		expect((await stranger.open(at('/restrictions'))).text).to.include('Lifted early');
		await client.query("delete from restriction where state = 'lifted'");
	});

	it('is kept sealed: neither why nor the name at a branch is in the database or the log', async () => {
		const { sub } = await restrict('Okafor');
		const all = await everything();
		for (const word of [REASON, APPEAL, String(sub), cardOf('Okafor').card]) expect(all).to.not.include(word);
		expect(bed.log.join('\n')).to.not.include(REASON).and.not.include(String(sub));
	});

	it('ends by itself: the person comes in again, and who it was and why are deleted', async () => {
		await restrict('Halvorsen', { until: day(1) });
		expect((await arrive('Halvorsen', kenton)).claims).to.include({ standing: 'porch' });
		bed.clock.advance(49 * HOUR);
		expect((await arrive('Halvorsen', kenton)).claims).to.include({ standing: 'full' });
		await bed.bridge().settle();
		const row = (await client.query("select * from restriction where state = 'ended'")).rows[0];
		expect(row).to.include({ sealed: null });
		expect((await client.query('select * from restricted_account')).rows).to.deep.equal([]);
	});

	it('is lifted by one of the panel, at once', async () => {
		await restrict('Okafor');
		await panel.lift();
		const { page, claims } = await arrive('Okafor', kenton);
		expect(claims).to.include({ standing: 'full' });
		expect(page.text).to.not.include(REASON);
	});

	it('opens no door while the catalogue is dead, nor by a session from before', async () => {
		const visitor = visitorOf(bed);
		await kenton.signIn(visitor, cardOf('Tanaka')).catch(() => undefined);
		await restrict('Tanaka');
		bed.ils.misbehave('dead');
		const begun = await kenton.begin();
		const back = await visitor.open(begun.url);
		expect(back.url).to.include(kenton.callback);
		expect((await kenton.redeem(begun, back.url)).claims()).to.include({ standing: 'porch' });
	});

	it('says what is wrong with a proposal, keeps what was typed, and keeps nothing of it', async () => {
		const { visitor, page } = await openAs('Aldaba', '/desk/panel');
		const bad = await visitor.send(page, '/desk/panel/propose', {
			...form({ until: day(-1), reason: '' }),
			ground: '',
		});
		expect(bad.status).to.equal(422);
		for (const words of ['Choose the rule it rests on.', 'Write why', 'Say a last day'])
			expect(bad.text).to.include(words);
		expect(bad.html).to.include(APPEAL);
		const long = await visitor.send(bad, '/desk/panel/propose', form({ until: day(400) }));
		expect(long.text).to.include('not more than a year');
		const nobody = await visitor.send(long, '/desk/panel/propose', form());
		expect(nobody.text).to.include('Nobody of this library has this name.');
		expect(await everything()).to.not.include('"state":"proposed"');
	});

	it('is forgotten after two weeks when nobody confirms it', async () => {
		const { claims } = await arrive('Okafor');
		const { visitor, page } = await openAs('Aldaba', '/desk/panel');
		await visitor.send(page, '/desk/panel/propose', form({ named: `belmont/${claims.sub}` }));
		expect(await everything()).to.include('"state":"proposed"');
		bed.clock.advance(15 * 24 * HOUR);
		await bed.bridge().settle();
		expect(await everything()).to.not.include('"state":"proposed"');
	});

	it('is one at a time against one person', async () => {
		const { sub } = await restrict('Okafor');
		const { visitor, page } = await openAs('Aldaba', '/desk/panel');
		await visitor.send(page, '/desk/panel/propose', form({ named: `belmont/${sub}` }));
		const two = await openAs('Paik', '/desk/panel');
		const refused = await two.visitor.send(two.page, '/desk/panel/confirm');
		expect(refused.status).to.equal(422);
		expect(refused.text).to.include('in force already');
	});
});

describe('what is sealed with a restriction', () => {
	it('is sealed anew when the secret is changed, and what is over is left alone', async () => {
		const database = await openDatabase(await freshDatabase('sso_bridge'));
		try {
			const library = randomUUID();
			const before = { master: Buffer.alloc(32, 1) };
			const row = (id: string, sealed: string | null): RestrictionRow => ({
				id,
				library,
				state: sealed === null ? 'ended' : 'in_force',
				ground: 'conduct@2/no-threats',
				from_day: '2026-11-01',
				until_day: '2026-11-30',
				from_at: new Date(0),
				until_at: new Date(1),
				sealed,
				proposed_by: randomUUID(),
				confirmed_by: randomUUID(),
				made_at: new Date(0),
			});
			const id = randomUUID();
			const about = aboutRestrictions(library);
			await addRestriction(database, row(id, seal(libraryKeys(before, library).seal, about, 'why')), null);
			await addRestriction(database, row(randomUUID(), null), null);
			const until = Date.now() + HOUR;
			const keysOf = await openKeyring(database, {
				master: Buffer.alloc(32, 2),
				version: 2,
				before: { ...before, until },
			});
			const { sealed } = await database('restriction').where({ id }).first('sealed');
			expect(unseal(keysOf(library).seal, about, sealed)).to.equal('why');
		} finally {
			await database.destroy();
		}
	});
});
