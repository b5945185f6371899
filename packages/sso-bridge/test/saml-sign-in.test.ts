import { expect } from 'chai';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { samlWay, trySaml } from './fixtures/elsewhere.ts';
import { PERSON, type TestProvider, testProvider } from './fixtures/identity-provider.ts';

describe('sign-in at a SAML provider', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let city: TestProvider;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
		city = await testProvider(`http://idp.salem.localhost:${bed.port}`);
		bed.settings.set('salem', { elsewhere: { ways: [samlWay(city)] } });
	});
	after(() => bed?.close());

	const parts = (visitor = visitorOf(bed)) => ({
		branch: belmont,
		visitor,
		provider: city,
		library: bed.salem,
	});

	it('ends at the branch, with a name that is another one at every branch, an age band, and nothing else', async () => {
		const { url, code, away } = await trySaml(bed, parts());
		expect(code).to.equal(null);
		expect(url).to.include(belmont.callback);
		const tokens = await belmont.redeem(away.begun, url!);
		expect(tokens.claims()).to.include({ age_band: 'adult', standing: 'full' });
		expect(tokens.claims()!.sub).to.match(/^[a-z2-7]{26}$/);
		expect(bed.log.join('\n')).to.not.include(PERSON.persistent);
	});
});
