import { expect } from 'chai';
import { KEYS_LIVE } from '../src/services/key-renewal.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, rows } from './look.ts';
import { actorOf, createNote, PUBLIC, signed } from './wire.ts';

describe('the keys that people sign with', () => {
	let bed: Bed;
	let ana: Browser;
	let carla: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		carla = await bed.branch('south').join('carla');
		await carla.get(`/find?address=@ana@${new URL(bed.branch('north').origin).host}`);
		await carla.get('/home');
		await carla.post('/follows', { actor: await actorOf(bed, { slug: 'north', handle: 'ana' }) });
		await bed.settle();
		await ana.write('xt-before', 'public');
		await bed.settle();
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const keys = () =>
		new Map(
			rows<{ name: string; public: string }>(
				bed,
				'north',
				"SELECT name, public FROM sealed_key WHERE name LIKE 'actor:%'",
			).map((row) => [row.name, row.public]),
		);
	const came = (text: string) =>
		rows(bed, 'south', 'SELECT id FROM post WHERE content_html LIKE ?', `%${text}%`).length;

	it('are made new after a year, everybody’s, and what is signed with the new ones arrives', async () => {
		const before = keys();
		await bed.settle();
		expect(keys()).to.deep.equal(before);
		bed.clock.advance(KEYS_LIVE + 1);
		await bed.settle();
		const after = keys();
		expect([...after.keys()]).to.deep.equal([...before.keys()]);
		for (const [name, key] of after) expect(key).not.to.equal(before.get(name));
		const shown = await signed(
			bed,
			{ slug: 'south', handle: null },
			'GET',
			await actorOf(bed, { slug: 'north', handle: 'ana' }),
		);
		const name = `actor:${personId(bed, 'ana')}`;
		expect(JSON.parse(shown.body).publicKey.publicKeyPem.trim()).to.equal(after.get(name)!.trim());
		const signer = { slug: 'north', handle: 'ana' };
		const note = await createNote(bed, signer, { id: '77', to: [PUBLIC], content: '<p>xt-after</p>' });
		const sent = await signed(bed, signer, 'POST', `${bed.branch('south').origin}/ap/inbox`, note);
		expect(sent.status).to.equal(202);
		expect(came('xt-after')).to.equal(1);
	});

	it('are made new at once when a host asks, and nobody else may ask', async () => {
		const before = keys();
		await ana.get('/home');
		expect((await ana.post('/staff/servers/keys', {})).status).to.equal(403);
		bed.clock.advance(1000);
		bed.grant('staff-june', 'north');
		await bed.settle();
		const host = bed.branch('north').browser({ staff_id: 'staff-june' });
		await host.get('/staff/servers');
		const done = await host.post('/staff/servers/keys', {});
		expect(done.status).to.equal(303);
		expect((await host.get(String(done.headers.location))).body).to.contain('New keys are being made');
		await bed.settle();
		for (const [name, key] of keys()) expect(key).not.to.equal(before.get(name));
		await ana.write('xt-later', 'public');
		await bed.settle();
		expect(came('xt-later')).to.equal(1);
	});
});
