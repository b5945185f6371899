import type { EntrySubmission, SignedEntry, UnsealingEntry } from '@understory/core/statement.ts';
import { parseDisclosure, reveal } from '@understory/transparency-log/sd.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const entryOf = (one: EntrySubmission) => JSON.parse(one.entry) as SignedEntry | UnsealingEntry;

describe('the person a decision is about', () => {
	let bed: Bed;
	let rudy: Browser;
	let june: Browser;
	let taken: EntrySubmission[];

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		taken = bed.takeEntries();
		await bed.branch('north').join('rudy');
		await bed.branch('north').join('tess', { age_band: 'teen' });
		await bed.branch('north').join('kim', { age_band: 'child' });
		await bed.branch('north').join('otto', { age_band: 'adult' });
		rudy = bed.branch('north').browser({ sub: 'sub-north-rudy' });
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await rudy.get('/home');
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	interface Case {
		readonly decision: string;
		readonly notice: string;
	}

	/** A host decides about a post; where its author reads of it. */
	async function hide(who: Browser, text: string, act = 'content_hidden'): Promise<Case> {
		const post = (await who.write(text, 'branch')).split('/').at(-1);
		await june.get(`/staff/posts/${post}/decide`);
		const form = { rule: 'conduct/no-advertising', facts: FACTS, do: 'decide', post_act: act };
		const answer = await june.post(`/staff/posts/${post}/decide`, form);
		const decision = /done=(.+)$/.exec(answer.headers.location!)![1]!;
		const [found] = rows<{ id: number }>(
			...([bed, 'north', 'SELECT id FROM notice WHERE decision = ?'] as const),
			decision,
		);
		return { decision, notice: `/notices/${found!.id}` };
	}
	const publish = async (who: Browser, { notice }: Case, show: string | string[]) => {
		await who.get(notice);
		return who.post(`${notice}/public`, { show, do: 'publish' });
	};
	const unsealings = ({ decision }: Case) =>
		taken.filter((one) => entryOf(one).kind === 'unsealing' && entryOf(one).refs[0] === decision);

	it('reads the exact words first, in both languages, and what they mean; nothing is done by looking', async () => {
		const one = await hide(rudy, 'xmp-looked: my blue car');
		expect((await rudy.get(one.notice)).body).to.include(`${one.notice}/public`);
		for (const language of ['en', 'es']) {
			const { status, body } = await rudy.get(`${one.notice}/public?lang=${language}`);
			expect(status).to.equal(200);
			expect(body).to.include(FACTS).and.include('xmp-looked: my blue car');
			expect(body).not.to.include('18');
		}
		await rudy.get(`${one.notice}/public?lang=en`);
		const { status, body } = await rudy.post(`${one.notice}/public`, { show: 'facts' });
		expect(status).to.equal(200);
		expect(body).to.include('This would be public').and.include(FACTS).and.include('Others can copy');
		expect(body).not.to.include('xmp-looked');
		await bed.settle();
		expect(unsealings(one)).to.deep.equal([]);
	});

	it('makes chosen words public: an entry in the chain, and disclosures that the decision committed to', async () => {
		const one = await hide(rudy, 'xmp-shown: my red car');
		await bed.settle();
		const decided = taken.find((each) => entryOf(each).id === one.decision)!;
		const { _sd } = entryOf(decided);
		expect(_sd).to.have.length(4);
		expect(JSON.stringify(taken), 'the words of the post went nowhere').not.to.include('xmp-shown');
		expect(decided.disclosures.map((each) => parseDisclosure(each)!.name)).to.deep.equal(['facts']);
		expect((await publish(rudy, one, ['facts', 'text'])).status).to.equal(303);
		await bed.settle();
		const [sent, ...more] = unsealings(one);
		expect(more).to.deep.equal([]);
		expect(entryOf(sent!)).to.include({ kind: 'unsealing', state: 'published' });
		expect((entryOf(sent!) as UnsealingEntry).fields).to.deep.equal(['facts', 'text']);
		const said = reveal(_sd, sent!.unsealed!)!.map(({ name, value }) => [name, value]);
		expect(said).to.deep.equal([
			['facts', FACTS],
			['text', 'xmp-shown: my red car'],
		]);
		expect(sent!.entry).not.to.include('rudy');
		expect((await rudy.get(`${one.notice}/public`)).body).to.include('Public since');
	});

	it('does so once: a second time is refused, also after it was taken back, which drops the words here', async () => {
		const one = await hide(rudy, 'xmp-once: my green car');
		await publish(rudy, one, 'text');
		expect((await publish(rudy, one, 'facts')).status).to.equal(409);
		expect((await rudy.post(`${one.notice}/public/back`, {})).status).to.equal(303);
		expect((await rudy.post(`${one.notice}/public/back`, {})).status).to.equal(409);
		expect((await publish(rudy, one, 'text')).status).to.equal(409);
		await bed.settle();
		expect(
			unsealings(one).map((each) => [(entryOf(each) as UnsealingEntry).state, each.unsealed]),
		).to.deep.equal([
			// It had not been handed over yet, and now it never is.
			['published', undefined],
			['taken_back', undefined],
		]);
		expect((await rudy.get(`${one.notice}/public`)).body).to.include('You took it back');
	});

	it('is the only one who can: neither somebody else nor a host, and not for words of another decision', async () => {
		const one = await hide(rudy, 'xmp-mine: my old car');
		const otto = bed.branch('north').browser({ sub: 'sub-north-otto' });
		await otto.get('/home');
		const theirs = await hide(otto, 'xmp-theirs: my new car');
		for (const who of [otto, june]) {
			await who.get('/about');
			// Whoever has no account here is sent to the sign-in.
			const refused = who === otto ? 404 : 303;
			expect((await who.get(`${one.notice}/public`)).status).to.equal(refused);
			expect((await who.post(`${one.notice}/public`, { show: 'facts', do: 'publish' })).status).to.equal(
				refused,
			);
		}
		await bed.settle();
		expect(unsealings(one)).to.deep.equal([]);
		await publish(rudy, one, 'text');
		await bed.settle();
		expect((await otto.post(`${one.notice}/public/back`, {})).status).to.equal(404);
		expect(unsealings(theirs)).to.deep.equal([]);
		expect(parseDisclosure(unsealings(one)[0]!.unsealed![0]!)!.value).to.equal('xmp-mine: my old car');
	});

	it('wants a word ticked, and keeps sealed what names others or tells where they are', async () => {
		const one = await hide(rudy, 'xmp-named: ask Otto at 503 555 0100 for my car');
		const page = (await rudy.get(`${one.notice}/public`)).body;
		expect(page).to.include('Stays sealed').and.include('value="facts"').and.not.include('value="text"');
		expect(page).not.to.include('xmp-named');
		for (const [show, words] of [
			[[], 'Tick what you want to show'],
			[['text'], 'What names others stays sealed'],
			[['_sd'], 'Tick what you want to show'],
		] as const) {
			const { status, body } = await publish(rudy, one, [...show]);
			expect(status).to.equal(422);
			expect(body).to.include(words);
		}
		await bed.settle();
		expect(unsealings(one)).to.deep.equal([]);
	});

	it('can do it from the porch, when the card opens no more', async () => {
		const one = await hide(rudy, 'xmp-porch: my last car');
		const porch = bed.branch('north').browser({ sub: 'sub-north-rudy', standing: 'porch' });
		await porch.get('/porch');
		expect((await publish(porch, one, 'text')).status).to.equal(303);
		await bed.settle();
		expect(unsealings(one)).to.have.length(1);
	});

	it('is told what it means when they are a teen; children have no such form', async () => {
		const tess = bed.branch('north').browser({ sub: 'sub-north-tess', age_band: 'teen' });
		await tess.get('/home');
		const teens = await hide(tess, 'xmp-teen: my bike');
		expect((await tess.get(`${teens.notice}/public`)).body).to.include('under 18');
		const kim = bed.branch('north').browser({ sub: 'sub-north-kim', age_band: 'child' });
		await kim.get('/home');
		const kims = await hide(kim, 'xmp-child: my scooter');
		expect((await kim.get(kims.notice)).body).not.to.include(`${kims.notice}/public`);
		expect((await kim.get(`${kims.notice}/public`)).status).to.equal(404);
		expect((await publish(kim, kims, 'facts')).status).to.equal(403);
	});

	it('can show their words no more when the schedule, or they themselves, destroyed them', async () => {
		const one = await hide(rudy, 'xmp-gone: my scrap', 'warning');
		const post = rows<{ post: number }>(
			bed,
			'north',
			'SELECT post FROM decision WHERE id = ?',
			one.decision,
		)[0]!.post;
		const kept = () => rows(bed, 'north', 'SELECT * FROM withheld_text WHERE decision = ?', one.decision);
		expect(JSON.stringify(kept())).not.to.include('xmp-gone');
		expect(kept()).to.have.length(1);
		await rudy.get('/home');
		await rudy.post(`/posts/${post}/delete`, {});
		expect(kept()).to.deep.equal([]);
		expect((await rudy.get(`${one.notice}/public`)).body)
			.to.include('value="facts"')
			.and.not.include('value="text"');
	});

	it('is not sealed in what an emergency sealed, which nobody is ever to show', async () => {
		const path = await rudy.write('xmp-emergency: something', 'branch');
		await june.get(path);
		await june.get(`/staff/posts/${path.split('/').at(-1)}/seal`);
		const made = rows<{ n: number }>(bed, 'north', 'SELECT count(*) AS n FROM withheld_text')[0]!.n;
		const answer = await june.post(`/staff/posts/${path.split('/').at(-1)}/seal`, { kind: 'threat_to_life' });
		expect(answer.status).to.equal(303);
		expect(rows<{ n: number }>(bed, 'north', 'SELECT count(*) AS n FROM withheld_text')[0]!.n).to.equal(made);
		const [sealed] = rows<{ decision: string }>(bed, 'north', 'SELECT decision FROM quarantine');
		const [notice] = rows<{ id: number }>(
			...([bed, 'north', 'SELECT id FROM notice WHERE decision = ?'] as const),
			sealed!.decision,
		);
		expect((await rudy.get(`/notices/${notice!.id}/public`)).status).to.equal(404);
	});
});
