import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId } from './look.ts';
import { actorOf } from './wire.ts';

describe('a branch that closes and goes on as another', () => {
	let bed: Bed;
	let ana: Browser;
	let there: Browser;
	const host = (slug: string) => new URL(bed.branch(slug).origin).host;
	const link = () => `href="${bed.branch('south').origin}/"`;
	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		for (const slug of ['north', 'south']) bed.change(slug, { stage: 'open' });
		ana = await bed.branch('north').join('ana');
		await bed.branch('north').join('ben');
		there = await bed.branch('south').join('anna');
	});
	after(() => bed.close());
	const nobody = () => bed.branch('north').browser();
	const successor = () => ({ id: 'branch-south', name: 'as it was', origin: bed.branch('south').origin });

	it('says nothing of it before the closing is announced', async () => {
		bed.change('north', { successor: successor() });
		expect((await nobody().get('/')).body).to.not.contain('It goes on as');
		expect((await ana.get('/you/move')).body).to.not.contain(host('south'));
	});

	it('says on its pages where it goes on, by the name of today and in both languages', async () => {
		bed.change('north', { stage: 'closing' });
		const name = bed.register().branches.find(({ slug }) => slug === 'south')!.name;
		for (const body of [
			(await nobody().get('/')).body,
			(await nobody().get('/about')).body,
			(await ana.get('/home')).body,
		])
			expect(body).to.contain('It goes on as').and.to.contain(`${link()}>${name}</a>`);
		expect((await nobody().get('/', { 'accept-language': 'es' })).body).to.contain('Sigue como');
	});

	it('sends newcomers there instead of in', async () => {
		const { status, body } = await bed.branch('north').browser({ sub: 'somebody-new' }).get('/welcome');
		expect(status).to.equal(403);
		expect(body).to.contain('Nobody new joins here any more').and.to.contain(link());
	});

	it('has the move to it prepared on both sides, for addresses of the branch before and no others', async () => {
		const page = (await ana.get('/you/move')).body.replaceAll('&#x3D;', '=');
		const own = `@ana@${host('north')}`;
		const claim = `/you/move?from=${encodeURIComponent(own)}`;
		expect(page).to.contain(`href="${bed.branch('south').origin}${claim}"`);
		expect((await there.get(claim)).body).to.contain(`value="${own}"`);
		const other = await there.get(`/you/move?from=${encodeURIComponent('@ana@evil.example')}`);
		expect(other.body).to.not.contain('evil.example');
		expect((await ana.get('/you/move?to=@ana@evil.example')).body).to.not.contain('evil.example');
	});

	it('does not take somebody of the same handle there for the same person', async () => {
		expect((await ana.get('/you/move')).body).to.not.contain(`@ana@${host('south')}`);
	});

	it('its people move there by what is prepared', async () => {
		await there.get('/you/move');
		expect((await there.post('/you/aliases', { address: `@ana@${host('north')}` })).status).to.equal(303);
		const finish = `/you/move?to=${encodeURIComponent(`@anna@${host('south')}`)}`;
		const said = (await there.get('/you/move')).body.replaceAll('&#x3D;', '=');
		expect(said).to.contain(`href="${bed.branch('north').origin}${finish}"`);
		expect((await ana.get(finish)).body).to.contain(`value="@anna@${host('south')}"`);
		expect((await ana.post('/you/move', { address: `@anna@${host('south')}` })).status).to.equal(303);
		await bed.settle();
		expect((await ana.get('/you/move')).body).to.contain('I am here after all');
	});

	it('once it is closed for good its pages lead there, and whom moved is still found by address and by actor', async () => {
		const finger = async (handle: string) =>
			nobody().get(`/.well-known/webfinger?resource=acct:${handle}@${host('north')}`);
		bed.change('north', { stage: 'retired' });
		expect((await nobody().get('/')).body)
			.to.contain('is closed for good')
			.and.to.contain(link());
		const gone = await nobody().get('/@ben');
		expect(gone.status).to.equal(410);
		expect(gone.body).to.contain(link());
		expect((await nobody().get('/@ben', { 'accept-language': 'es' })).body).to.contain('Seguir en');
		const found = await finger('ana');
		expect(found.status).to.equal(200);
		expect(found.body).to.contain(`/ap/users/${personId(bed, 'ana')}`);
		const actor = await nobody().get(`/ap/users/${personId(bed, 'ana')}`, {
			accept: 'application/activity+json',
		});
		expect(JSON.parse(actor.body).movedTo).to.equal(await actorOf(bed, { slug: 'south', handle: 'anna' }));
		for (const handle of ['ben', 'nobody-at-all']) expect((await finger(handle)).status).to.equal(410);
		const elsewhere = `/.well-known/webfinger?resource=acct:ana@${host('south')}`;
		expect((await nobody().get(elsewhere)).status).to.equal(410);
	});

	it('without one, what is gone is gone', async () => {
		bed.change('north', { successor: undefined });
		const { status, body } = await nobody().get('/@ben');
		expect(status).to.equal(410);
		expect(body).to.not.contain(link());
	});
});
