import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { actorOf, PUBLIC, signed } from './wire.ts';

describe('a conversation that began elsewhere', () => {
	let bed: Bed;
	let ana: Browser;
	let carla: Browser;
	let dora: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		bed.change('east', { federation: 'open' });
		bed.change('south', { federation: 'open' });
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		carla = await bed.branch('south').join('carla');
		dora = await bed.branch('east').join('dora');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const host = (slug: string) => new URL(bed.branch(slug).origin).host;
	async function copyAt(slug: string, from: string, path: string): Promise<string> {
		const uri = uriOf(bed, from, path);
		const [post] = rows<{ id: number }>(bed, slug, 'SELECT id FROM post WHERE uri = ?', uri);
		return `/x/${post?.id}`;
	}
	/** dora of east asks, carla of south answers, and north has only the answer. */
	async function half(): Promise<string> {
		await carla.get(`/find?address=@dora@${host('east')}`);
		await carla.get('/home');
		await carla.post('/follows', { actor: await actorOf(bed, { slug: 'east', handle: 'dora' }) });
		await bed.settle();
		const question = await dora.write('xt-question', 'public');
		await bed.settle();
		await carla.write('xt-answer', 'public', await copyAt('south', 'east', question));
		await bed.settle();
		const [answer] = rows<{ id: number }>(
			bed,
			'north',
			"SELECT id FROM post WHERE content_html LIKE '%xt-answer%'",
		);
		return `/@carla@${host('south')}/${answer!.id}`;
	}

	it('says where the rest is when that server is no neighbor, and asks nobody for it', async () => {
		const page = await half();
		bed.sent.splice(0);
		const { body } = await ana.get(page);
		expect(body).to.contain('xt-answer').and.to.contain('do not exchange posts');
		await bed.settle();
		expect(bed.sent.filter(({ url }) => url.startsWith(bed.branch('east').origin))).to.deep.equal([]);
	});

	it('is made whole in the background when somebody reads it, upwards and downwards, and tells nobody', async () => {
		bed.change('north', { federation: 'open' });
		await bed.settle();
		const page = await half();
		const first = await ana.get(page);
		expect(first.body).to.contain('has not come here').and.not.to.contain('xt-question');
		const question = rows<{ id: number }>(
			bed,
			'east',
			"SELECT id FROM post WHERE source = 'xt-question'",
		)[0]!;
		await dora.write('xt-second-thought', 'public', `/@dora/${question.id}`);
		await bed.settle();
		const whole = await ana.get(page);
		await bed.settle();
		expect(whole.body).to.contain('xt-question');
		const later = (await ana.get(page)).body;
		expect(later.indexOf('xt-question')).to.be.lessThan(later.indexOf('xt-answer'));
		expect((await ana.get('/notices')).body).not.to.contain('dora');
	});

	it('is looked at again only after a while, and answers that came meanwhile are found then', async () => {
		bed.change('north', { federation: 'open' });
		await bed.settle();
		const page = await half();
		await ana.get(page);
		await bed.settle();
		const fetched = bed.sent.length;
		await ana.get(page);
		await bed.settle();
		expect(bed.sent.length).to.equal(fetched);
		const question = rows<{ id: number }>(
			bed,
			'east',
			"SELECT id FROM post WHERE source = 'xt-question'",
		)[0]!;
		await dora.write('xt-second-thought', 'public', `/@dora/${question.id}`);
		bed.clock.advance(16 * 60_000);
		await ana.get(page);
		await bed.settle();
		expect((await ana.get(page)).body).to.contain('xt-second-thought');
	});

	it('nobody who is not signed in makes the branch fetch anything', async () => {
		bed.change('north', { federation: 'open' });
		await bed.settle();
		const page = await half();
		bed.sent.splice(0);
		await bed.branch('north').browser().get(page);
		await bed.settle();
		expect(bed.sent).to.deep.equal([]);
	});

	it('posts that answer each other, or themselves, are a conversation like any other', async () => {
		const actor = await actorOf(bed, { slug: 'south', handle: 'carla' });
		const at = (n: number) => `${actor}/statuses/77${n}`;
		bed.befriend('north', 'south');
		await bed.settle();
		for (const [n, answers] of [
			[1, 2],
			[2, 1],
			[3, 3],
		] as const) {
			const object = {
				id: at(n),
				type: 'Note',
				attributedTo: actor,
				content: `xt-round-${n}`,
				inReplyTo: at(answers),
				to: [PUBLIC],
			};
			const activity = { id: `${at(n)}/activity`, type: 'Create', actor, to: [PUBLIC], object };
			const document = { '@context': 'https://www.w3.org/ns/activitystreams', ...activity };
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			const answer = await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, document);
			expect(answer.status, answer.body).to.equal(202);
		}
		await bed.settle();
		for (const [n, words] of [
			[1, ['xt-round-1', 'xt-round-2']],
			[3, ['xt-round-3']],
		] as const) {
			const [post] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', at(n));
			const { status, body } = await ana.get(`/@carla@${new URL(actor).host}/${post!.id}`);
			expect(status).to.equal(200);
			for (const word of words) expect(body.split(`${word}<`).length, word).to.equal(2);
			await bed.settle();
		}
	});

	it('a server that answers with somebody else’s post, with no end of answers, or not at all, is not believed', async () => {
		bed.change('north', { federation: 'open' });
		await bed.settle();
		const actor = await actorOf(bed, { slug: 'south', handle: 'carla' });
		const outside = `http://far.lib.localhost:${bed.port}`;
		let asked = 0;
		bed.serve('far', (request, response) => {
			asked += 1;
			const path = request.url ?? '/';
			const answers = Array.from({ length: 500 }, (_, n) => `${outside}/p/${path.length}${n}`);
			const note = {
				'@context': 'https://www.w3.org/ns/activitystreams',
				id: path.startsWith('/p/lie') ? `${bed.branch('east').origin}/p/1` : `${outside}${path}`,
				type: 'Note',
				attributedTo: path.startsWith('/p/theirs') ? actor : `${outside}/u/1`,
				content: 'xt-untrue',
				to: [PUBLIC],
				replies: { type: 'Collection', items: answers },
			};
			response.writeHead(200, { 'content-type': 'application/activity+json' }).end(JSON.stringify(note));
		});
		for (const [n, at] of ['lie', 'theirs', 'many'].entries()) {
			const id = `${actor}/statuses/9${n}`;
			const document = {
				'@context': 'https://www.w3.org/ns/activitystreams',
				id: `${id}/activity`,
				type: 'Create',
				actor,
				to: [PUBLIC],
				object: {
					id,
					type: 'Note',
					attributedTo: actor,
					to: [PUBLIC],
					content: `xt-${at}`,
					inReplyTo: `${outside}/p/${at}`,
				},
			};
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			expect(
				(await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, document)).status,
			).to.equal(202);
			const [post] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', id);
			const shown = await ana.get(`/@carla@${host('south')}/${post!.id}`);
			expect(shown.status).to.equal(200);
			await bed.settle();
		}
		expect(asked).to.be.lessThan(60);
		expect(rows(bed, 'north', "SELECT id FROM post WHERE content_html LIKE '%xt-untrue%'")).to.deep.equal([]);
	});
});
