import type { FederationEntry } from '@understory/core/statement.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, rows } from './look.ts';
import { takeEverything } from './take-everything.ts';
import { actorOf, createNote, PUBLIC, signed } from './wire.ts';

const DAY = 24 * 60 * 60_000;
const REASON = 'Advertisements came from there for weeks, and nobody answered our letters.';

describe('keeping another server away', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	let june: Browser;
	let calvin: Browser;
	let taken: ReturnType<Bed['takeEntries']>;
	let south: string;

	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-calvin', 'north', 'Calvin Osei');
		taken = bed.takeEntries();
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		carla = await bed.branch('south').join('carla');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		calvin = bed.branch('north').browser({ staff_id: 'staff-calvin' });
		south = new URL(bed.branch('south').origin).host;
		await follow(ana, await actorOf(bed, { slug: 'south', handle: 'carla' }), `@carla@${south}`);
		const north = new URL(bed.branch('north').origin).host;
		await follow(carla, await actorOf(bed, { slug: 'north', handle: 'ana' }), `@ana@${north}`);
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	async function follow(who: Browser, actor: string, address: string) {
		await who.get(`/find?address=${encodeURIComponent(address)}`);
		await who.get('/home');
		const answer = await who.post('/follows', { actor });
		await bed.settle();
		return answer;
	}
	const propose = async (wants: string, more: Record<string, string> = {}) => {
		await june.get(`/staff/servers/propose?host=${south}`);
		const form = { host: south, wants, reason: REASON, days: '7', ...more };
		const sent = await june.post('/staff/servers/propose', form);
		await bed.settle();
		return { sent, id: sent.headers.location?.split('/').at(-1) ?? '' };
	};
	const answer = async (who: Browser, id: string, form: Record<string, string>) => {
		await who.get(`/asked/${id}`);
		return who.post(`/asked/${id}`, form);
	};
	const decide = async (host: Browser, id: string, level: string, more: Record<string, string> = {}) => {
		await host.get(`/staff/proposals/${id}`);
		const milder = 'The milder steps were tried in spring and did not help.';
		const form = { level, reason: REASON, milder, days: '90', ...more };
		const sent = await host.post(`/staff/proposals/${id}`, form);
		await bed.settle();
		return sent;
	};
	/** Asks, hears `fine`, decides. */
	const keepAway = async (level: string) => {
		const { id } = await propose(level);
		await answer(ana, id, { answer: 'fine' });
		expect((await decide(calvin, id, level)).status).to.equal(303);
		return id;
	};
	const relax = async (level: string, seen?: string) => {
		const [held] = rows<{ decision: string }>(bed, 'north', 'SELECT decision FROM restriction');
		await calvin.get(`/staff/servers/propose?host=${south}`);
		const form = { host: south, level, reason: 'They answered and cleaned up.', days: '90' };
		const sent = await calvin.post('/staff/servers/relax', { ...form, seen: seen ?? held?.decision ?? '' });
		await bed.settle();
		return sent;
	};
	const state = (slug: string) =>
		['follow', 'follow_aside', 'list', 'list_member', 'relation'].map((table) =>
			rows(bed, slug, `SELECT * FROM ${table} ORDER BY 1, 2`),
		);
	const entries = () =>
		taken
			.map(({ entry }) => JSON.parse(entry) as FederationEntry)
			.filter(({ kind }) => kind === 'federation');

	describe('is asked of those it touches, and of nobody else', () => {
		it('each is told in a notice of their own, in their language, reads exactly whom it is about, and can take the list along', async () => {
			const preview = (await june.get(`/staff/servers/propose?host=${south}`)).body;
			expect(preview).to.contain('It touches one person here.').and.not.to.contain('ana Person');
			const { sent, id } = await propose('suspend');
			expect(sent.status).to.equal(303);
			expect((await ana.get('/notices')).body).to.contain(`about the server ${south}`);
			expect((await ana.get('/notices', { 'accept-language': 'es' })).body).to.contain(
				'le preguntan por el servidor',
			);
			expect((await ben.get('/notices')).body).not.to.contain(south);
			const page = (await ana.get(`/asked/${id}`)).body;
			expect(page)
				.to.contain('Nothing has been decided')
				.and.to.contain(`@carla@${south}`)
				.and.to.contain(REASON)
				.and.to.contain('They follow you');
			const file = await ana.get(`/asked/${id}/people.csv`);
			expect(file.headers['content-type']).to.contain('text/csv');
			expect(file.body.split('\r\n').slice(0, 2)).to.deep.equal([
				'Account address,Show boosts,Notify on new posts,Languages,Page,You follow,Follows you,Lists',
				`carla@${south},true,false,,${bed.branch('south').origin}/@carla,true,true,`,
			]);
			expect((await ben.get(`/asked/${id}`)).body)
				.to.contain('You have to do with nobody there')
				.and.not.to.contain('@carla');
			// Nothing happens to the server by asking.
			expect(rows(bed, 'north', 'SELECT * FROM restriction')).to.deep.equal([]);
		});

		it('answers are for hosts, sealed, and say whom somebody knows only where they let it', async () => {
			const { id } = await propose('suspend');
			await answer(ana, id, { answer: 'worry', words: 'Carla is my sister.' });
			const read = (await june.get(`/staff/proposals/${id}`)).body;
			expect(read)
				.to.contain('Carla is my sister.')
				.and.to.contain('One is worried.')
				.and.not.to.contain('>carla Person<');
			await answer(ana, id, { answer: 'worry', words: 'Carla is my sister.', shares: 'yes' });
			expect((await june.get(`/staff/proposals/${id}`)).body).to.contain('carla Person');
			expect(JSON.stringify(rows(bed, 'north', 'SELECT * FROM asked'))).not.to.contain('sister');
			expect((await ben.get(`/staff/proposals/${id}`)).status).to.equal(403);
			expect((await ben.get(`/asked/${id}`)).body).not.to.contain('sister');
			expect((await answer(ana, id, { answer: 'perhaps' })).status).to.equal(422);
			const long = await answer(ana, id, { answer: 'fine', words: 'x'.repeat(2001) });
			expect(long.status).to.equal(422);
			expect(long.body).to.contain('2,000 characters').and.to.contain('x'.repeat(2001));
		});

		it('whoever needs more time gets it, and nobody decides before', async () => {
			const { id } = await propose('silence');
			await answer(ana, id, { answer: 'time' });
			bed.clock.advance(8 * DAY);
			calvin = bed.branch('north').browser({ staff_id: 'staff-calvin' });
			expect((await decide(calvin, id, 'silence')).status).to.equal(409);
			bed.clock.advance(7 * DAY);
			calvin = bed.branch('north').browser({ staff_id: 'staff-calvin' });
			expect((await decide(calvin, id, 'silence')).status).to.equal(303);
			ana = bed.branch('north').browser({ sub: 'sub-north-ana' });
			expect((await answer(ana, id, { answer: 'fine' })).status).to.equal(409);
		});

		it('where hosts want it, the branch talks about it below a notice on its board, and anybody there can answer', async () => {
			const { id } = await propose('limit', { discuss: 'yes' });
			expect((await ben.get('/home')).body).to.contain(
				`The hosts ask what we should do about the server ${south}`,
			);
			expect((await ben.get('/servers')).body).to.contain(`/asked/${id}`);
			await answer(ben, id, { answer: 'fine', words: 'The advertisements were many.' });
			expect((await june.get(`/staff/proposals/${id}`)).body).to.contain('The advertisements were many.');
			expect((await bed.branch('north').browser().get('/servers')).body).not.to.contain(`/asked/${id}`);
		});
	});

	describe('is decided by hosts', () => {
		it('with a reason, the mildest step first, and nothing at all only by two', async () => {
			const { id } = await propose('suspend');
			expect((await decide(calvin, id, 'suspend')).status).to.equal(409);
			await answer(ana, id, { answer: 'fine' });
			expect((await decide(ana, id, 'media')).status).to.equal(403);
			const leap = await decide(calvin, id, 'suspend', { milder: '' });
			expect(leap.status).to.equal(422);
			expect(leap.body).to.contain('You leave out a milder step');
			const named = await decide(calvin, id, 'media', { reason: 'Ask @carla why.' });
			expect(named.status).to.equal(422);
			expect(named.body).to.contain('Ask @carla why.');
			const alone = await decide(june, id, 'suspend');
			expect(alone.status).to.equal(403);
			expect(alone.body).to.contain('Another host decides this');
			expect((await decide(calvin, id, 'suspend')).status).to.equal(303);
			expect((await ana.get('/notices')).body).to.contain(`decided about the server ${south}`);
			const page = (await ana.get(`/asked/${id}`)).body;
			expect(page)
				.to.contain('Nothing is exchanged.')
				.and.to.contain(REASON)
				.and.to.contain('What is set aside for you');
			expect((await bed.branch('north').browser().get('/servers')).body)
				.to.contain(south)
				.and.to.contain(REASON);
		});

		it('never further than people were asked about, and whoever came to know somebody there meanwhile is told too', async () => {
			const { id } = await propose('media');
			await answer(ana, id, { answer: 'fine' });
			const beyond = await decide(calvin, id, 'suspend');
			expect(beyond.status).to.equal(422);
			expect(beyond.body).to.contain('more than people were asked about');
			await follow(ben, await actorOf(bed, { slug: 'south', handle: 'carla' }), `@carla@${south}`);
			expect((await ben.get('/notices')).body).not.to.contain(`about the server ${south}`);
			expect((await decide(calvin, id, 'media')).status).to.equal(303);
			expect((await ben.get('/notices')).body).to.contain(`decided about the server ${south}`);
		});

		it('of two who decide at once, the first one did; the second reads so and nothing is done twice', async () => {
			const { id } = await propose('silence');
			await answer(ana, id, { answer: 'fine' });
			const answers = await Promise.all([decide(calvin, id, 'media'), decide(june, id, 'none')]);
			expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409]);
			expect(entries()).to.have.length(1);
			expect((await relax('none', 'what was before')).status).to.equal(409);
		});

		it('tells the log what, why and until when hosts look again, with no number under five and no name', async () => {
			await keepAway('limit');
			const [entry] = entries();
			expect(entry).to.include({ action: 'limited', server: south, review_on: '2027-01-06' });
			expect(entry!.people).to.deep.equal({ asked: 'under_five', answered: 'under_five' });
			expect(JSON.stringify(taken)).not.to.match(/ana Person|carla/);
			await relax('none');
			expect(entries()[1]).to.include({ action: 'restored', review_on: null });
		});

		it('what cannot wait is limited at once and no further, everybody is told in the same moment, and it ends by itself', async () => {
			await june.get(`/staff/servers/propose?host=${south}`);
			const sent = await june.post('/staff/servers/limit', { host: south, reason: 'A flood of messages.' });
			expect(sent.status).to.equal(303);
			const id = sent.headers.location!.split('/').at(-1)!;
			expect((await ana.get(`/asked/${id}`)).body).to.contain('was limited at once');
			expect(
				rows<{ at: number }>(bed, 'north', "SELECT created AS at FROM notice WHERE kind = 'server_asked'"),
			).to.deep.equal([{ at: bed.clock.now() }]);
			const refused = await follow(
				ben,
				await actorOf(bed, { slug: 'south', handle: 'carla' }),
				`@carla@${south}`,
			);
			expect(refused.status).to.equal(403);
			const dora = await bed.branch('south').join('dora');
			const north = new URL(bed.branch('north').origin).host;
			await follow(dora, await actorOf(bed, { slug: 'north', handle: 'ana' }), `@ana@${north}`);
			bed.clock.advance(7 * DAY);
			await bed.settle();
			expect(rows(bed, 'south', "SELECT * FROM follow WHERE state = 'asked'")).to.deep.equal([]);
			ben = bed.branch('north').browser({ sub: 'sub-north-ben' });
			const begun = await follow(
				ben,
				await actorOf(bed, { slug: 'south', handle: 'carla' }),
				`@carla@${south}`,
			);
			expect(begun.status).to.equal(303);
		});

		it('what cannot wait is limited while people are still asked, and their question goes on', async () => {
			const { id } = await propose('suspend');
			await june.get(`/staff/servers/propose?host=${south}`);
			const sent = await june.post('/staff/servers/limit', { host: south, reason: 'A flood of messages.' });
			expect(sent.headers.location).to.equal(`/staff/proposals/${id}`);
			expect((await ana.get(`/asked/${id}`)).body)
				.to.contain('Limited.')
				.and.to.contain('A flood of messages.');
			expect((await answer(ana, id, { answer: 'fine' })).status).to.equal(303);
			expect((await decide(calvin, id, 'suspend')).status).to.equal(303);
		});

		it('and looked at again: hosts are reminded in the week before', async () => {
			await keepAway('silence');
			expect((await june.get('/staff')).body).not.to.contain('to be looked at again');
			bed.clock.advance(84 * DAY);
			june = bed.branch('north').browser({ staff_id: 'staff-june' });
			expect((await june.get('/staff')).body).to.contain('One server is to be looked at again.');
		});
	});

	describe('ends exactly what its step says', () => {
		it('media: posts arrive, their pictures are neither shown nor fetched', async () => {
			const note = await createNote(
				bed,
				{ slug: 'south', handle: 'carla' },
				{
					...{ id: '1', to: [PUBLIC], content: '<p>xr-picture</p>' },
				},
			);
			const attachment = [{ type: 'Document', mediaType: 'image/png', url: 'http://pictures.example/a.png' }];
			const document = { ...note, object: { ...(note.object as object), attachment } };
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, document);
			expect((await ana.get('/home')).body)
				.to.contain('xr-picture')
				.and.to.contain('<img src="/media/');
			await keepAway('media');
			expect((await ana.get('/home')).body)
				.to.contain('xr-picture')
				.and.to.contain('are not shown here now')
				.and.not.to.contain('<img src="/media/');
			const [media] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM media');
			expect((await ana.get(`/media/${media!.id}.webp`)).status).to.equal(404);
			await relax('none');
			expect((await ana.get('/home')).body).to.contain('<img src="/media/');
		});

		it('silence: whoever follows somebody hears them, nobody else does', async () => {
			const dora = await bed.branch('south').join('dora');
			await keepAway('silence');
			await carla.write('xr-followed', 'neighborhood');
			await dora.write('xr-stranger', 'neighborhood');
			const north = new URL(bed.branch('north').origin).host;
			await dora.write(`xr-named @ana@${north}`, 'public');
			await bed.settle();
			expect((await ana.get('/home')).body)
				.to.contain('xr-followed')
				.and.not.to.contain('xr-stranger')
				.and.not.to.contain('xr-named');
			expect((await ben.get('/home')).body).not.to.contain('xr-followed');
			expect((await ana.get('/notices')).body).not.to.contain('dora');
		});

		it('limit: whoever asks to follow waits unheard, and gets their answer when it ends', async () => {
			const dora = await bed.branch('south').join('dora');
			await keepAway('limit');
			const north = new URL(bed.branch('north').origin).host;
			await follow(dora, await actorOf(bed, { slug: 'north', handle: 'ana' }), `@ana@${north}`);
			const waits = "SELECT state FROM follow WHERE state = 'asked'";
			expect(
				[rows(bed, 'north', waits), rows(bed, 'south', waits)].map(({ length }) => length),
			).to.deep.equal([1, 1]);
			expect((await ana.get('/notices')).body).not.to.contain('dora');
			await relax('media');
			expect([rows(bed, 'north', waits), rows(bed, 'south', waits)]).to.deep.equal([[], []]);
			expect((await ana.get('/notices')).body).to.contain('dora Person');
		});

		it('suspend: nothing new goes either way, what is taken back still does, and both servers are as before when it ends', async () => {
			const path = await ana.write('xr-before', 'public');
			await bed.settle();
			expect((await carla.get('/home')).body).to.contain('xr-before');
			const before = ['north', 'south'].map(state);
			await keepAway('suspend');
			expect(rows(bed, 'north', 'SELECT * FROM follow')).to.deep.equal([]);
			expect(rows(bed, 'north', 'SELECT * FROM follow_aside')).to.have.length(2);
			await ana.get('/home');
			const told = await ana.post('/posts', { text: `xr-told @carla@${south}`, scope: 'direct' });
			expect(told.status).to.equal(422);
			expect(told.body).to.contain('xr-told');
			await carla.write('xr-from-there', 'public');
			await ana.write('xr-from-here', 'public');
			await ana.write('xr-near', 'neighborhood');
			await bed.settle();
			expect((await ana.get('/home')).body).not.to.contain('xr-from-there');
			expect((await carla.get('/home')).body).not.to.match(/xr-from-here|xr-near/);
			const note = await createNote(
				bed,
				{ slug: 'south', handle: 'carla' },
				{ id: '9', to: [PUBLIC], content: 'x' },
			);
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			const refused = await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, note);
			expect(refused.status).to.equal(403);
			await ana.get(path);
			await ana.post(`/posts/${path.split('/').at(-1)}/delete`, {});
			await bed.settle();
			expect((await carla.get('/home')).body).not.to.contain('xr-before');
			await relax('none');
			expect(['north', 'south'].map(state)).to.deep.equal(before);
			await carla.write('xr-again', 'public');
			await bed.settle();
			expect((await ana.get('/home')).body).to.contain('xr-again');
		});

		it('suspend: what somebody ended meanwhile, here or there, does not come back', async () => {
			const id = await keepAway('suspend');
			await ana.get(`/asked/${id}`);
			const theirs = await actorOf(bed, { slug: 'south', handle: 'carla' });
			const [mine] = [personId(bed, 'ana')];
			await carla.get('/home');
			await carla.post('/follows/end', { actor: `${bed.branch('north').origin}/ap/users/${mine}` });
			await bed.settle();
			expect(rows(bed, 'north', 'SELECT followed FROM follow_aside')).to.deep.equal([{ followed: theirs }]);
			expect((await ana.post(`/asked/${id}/let-go`, { actor: theirs })).status).to.equal(303);
			await bed.settle();
			await relax('none');
			expect([
				rows(bed, 'north', 'SELECT * FROM follow'),
				rows(bed, 'south', 'SELECT * FROM follow'),
			]).to.deep.equal([[], []]);
		});
	});

	it('takes the name of a server however it is typed, and none that is no server', async () => {
		const look = (host: string) => june.get(`/staff/servers/propose?host=${encodeURIComponent(host)}`);
		for (const name of [
			'Quarry.Example',
			'https://quarry.example/@sable',
			'@sable@quarry.example',
			'quarry.example.',
		]) {
			expect((await look(name)).body, name).to.contain('<b class="mono">quarry.example</b>');
		}
		expect((await look('quärry.example')).body).to.contain('xn--qurry-hra.example');
		const own = new URL(bed.branch('north').origin).host;
		for (const name of [
			'example',
			'127.0.0.1',
			'[::1]',
			'a b.example',
			'q*rry.example',
			'',
			'quarry..example',
			own,
		]) {
			expect((await look(name)).status, name).to.equal(422);
		}
	});

	it('is for hosts alone, page by page', async () => {
		const { id } = await propose('media');
		for (const path of [
			`/staff/servers/propose?host=${south}`,
			`/staff/servers/preview.json?host=${south}`,
			`/staff/proposals/${id}`,
		]) {
			expect((await ana.get(path)).status, path).to.equal(403);
		}
		for (const path of [
			'/staff/servers/propose',
			'/staff/servers/limit',
			'/staff/servers/relax',
			`/staff/proposals/${id}`,
		]) {
			const form = { host: south, wants: 'media', level: 'none', reason: REASON, days: '7', seen: '' };
			expect((await ana.post(path, form)).status, path).to.equal(403);
		}
		const sums = JSON.parse((await june.get(`/staff/servers/preview.json?host=${south}`)).body);
		expect(sums).to.deep.equal({
			...{ host: south, neighbor: true, sums: { people: 1, follows: 1, followers: 1, talks: 0, lists: 0 } },
			people: [{ follows: 1, followers: 1, talks: 0, lists: 0 }],
		});
	});

	it('is in what somebody takes along: what they were asked and said, and whom they follow there, set aside or not', async () => {
		const { id } = await propose('suspend');
		await answer(ana, id, { answer: 'fine', words: 'Mine.' });
		await decide(calvin, id, 'suspend');
		const files = await takeEverything(bed, 'north', ana);
		const [question] = JSON.parse(files.get('questions.json')!);
		expect(question).to.include({
			server: south,
			wants: 'suspend',
			answer: 'fine',
			words: 'Mine.',
			follows: 1,
		});
		expect(files.get('following_accounts.csv')).to.contain(`carla@${south}`);
		expect(files.get('followers.csv')).to.contain(`carla@${south}`);
	});

	it('forgets the words of answers half a year after the decision', async () => {
		const { id } = await propose('media');
		await answer(ana, id, { answer: 'fine', words: 'Mine.' });
		await decide(calvin, id, 'media');
		const kept = () =>
			rows<{ answer: string; words: string | null }>(bed, 'north', 'SELECT answer, words FROM asked');
		bed.clock.advance(179 * DAY);
		await bed.settle();
		expect(kept()[0]!.words).to.be.a('string');
		bed.clock.advance(2 * DAY);
		await bed.settle();
		expect(kept()).to.deep.equal([{ answer: 'fine', words: null }]);
	});

	it('forgets what somebody said who deletes their account, and what was set aside of them', async () => {
		const { id } = await propose('suspend');
		await answer(ana, id, { answer: 'fine', words: 'Mine.' });
		await decide(calvin, id, 'suspend');
		await ana.get('/you/leave');
		expect((await ana.post('/you/delete', { handle: 'ana' })).status).to.equal(200);
		expect(rows(bed, 'north', 'SELECT * FROM asked')).to.deep.equal([]);
		expect(rows(bed, 'north', 'SELECT * FROM follow_aside')).to.deep.equal([]);
		await bed.settle();
		expect(rows(bed, 'south', 'SELECT * FROM follow')).to.deep.equal([]);
	});
});
