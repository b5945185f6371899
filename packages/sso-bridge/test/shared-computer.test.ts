import { expect } from 'chai';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';

describe('a computer that others use too', () => {
	let bed: Bed;
	let belmont: BranchClient;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	after(() => bed?.close());

	const SHARED = 'urn:understory:shared-computer';
	const marking = () => `${bed.salem.origin}/shared-computer`;
	const okafor = () => bed.person('Okafor');

	it('is one when somebody says so on the card page, and a branch is told; at any other nothing is said', async () => {
		const visitor = visitorOf(bed);
		const begun = await belmont.begin();
		const page = await visitor.open(begun.url);
		expect(page.html).to.include('autocomplete="username"').and.include('autocomplete="current-password"');
		const { card, pin } = okafor();
		const back = await visitor.send(page, '/sign-in/', { card, pin, shared: 'yes' });
		const tokens = await belmont.redeem(begun, back.url);
		expect(tokens.claims()).to.include({ acr: SHARED });
		expect((await belmont.signIn(visitorOf(bed), okafor())).claims).to.not.have.property('acr');
	});

	it('stays ticked when the PIN was wrong', async () => {
		const visitor = visitorOf(bed);
		const page = await visitor.open((await belmont.begin()).url);
		const { card } = bed.person('Tanaka');
		const again = await visitor.send(page, '/sign-in/', { card, pin: '0000', shared: 'yes' });
		expect(again.status).to.equal(422);
		expect(again.html).to.match(/name="shared" value="yes"[^>]* checked/);
	});

	it('is marked by opening its start page, which also leads on to a branch', async () => {
		const visitor = visitorOf(bed);
		const page = await visitor.open(marking());
		expect(page.text).to.include('This computer is for everybody').and.include('Belmont');
		expect((await visitor.open(`${marking()}?to=kenton`)).url).to.include('kenton.salem');
		expect((await visitor.open(`${marking()}?to=https://evil.example`)).url).to.include('//card.salem');
		const card = await visitor.open((await belmont.begin()).url);
		expect(card.html).to.not.include('name="shared"').and.to.not.include('autocomplete="username"');
		expect(card.html)
			.to.match(/id="card"[^>]* autocomplete="off"/)
			.and.to.match(/id="pin"[^>]* autocomplete="off"/);
		expect((await belmont.signIn(visitor, okafor())).claims).to.include({ acr: SHARED });
	});

	it('is marked at one library and not at another', async () => {
		const visitor = visitorOf(bed);
		await visitor.open(marking());
		const riverside = await branchClient(bed, bed.bend, 'riverside');
		expect((await riverside.signIn(visitor, okafor())).claims).to.not.have.property('acr');
	});

	it('is somebody’s own again after one press', async () => {
		const visitor = visitorOf(bed);
		const page = await visitor.open(marking());
		const done = await visitor.send(page, '/shared-computer');
		expect(done.text).to.include('This is your own computer again');
		expect((await belmont.signIn(visitor, okafor())).claims).to.not.have.property('acr');
	});

	it('says all this in Spanish too', async () => {
		const visitor = visitorOf(bed, 'es');
		expect((await visitor.open(marking())).text).to.include('Esta computadora es de todos');
		expect((await visitor.open((await belmont.begin()).url)).text).to.include('Esta computadora es de todos');
	});
});
