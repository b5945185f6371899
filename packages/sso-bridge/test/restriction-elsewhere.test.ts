import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import pg from 'pg';
import type { Seen, Visitor } from '../../../test/e2e/visitor.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type Begun, type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { linkTo, samlWay, trySaml } from './fixtures/elsewhere.ts';
import { PERSON, testProvider } from './fixtures/identity-provider.ts';
import { oidcWay, startSchools } from './fixtures/openid-provider.ts';
import { type Panel, REASON, startPanel } from './fixtures/panel.ts';

describe('a restriction outlasts the account of somebody whom another provider signs in', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let panel: Panel;
	let client: pg.Client;
	before(async () => {
		bed = await startBed({ deck: demoDeck('bed') });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
		panel = await startPanel(bed);
	});
	after(async () => {
		await client?.end();
		await bed?.close();
	});
	afterEach(async () => {
		bed.settings.delete('salem');
		await client.query('delete from restriction');
	});

	const rows = async (table: string) => (await client.query(`select * from ${table}`)).rows;
	/** Somebody who came in elsewhere is restricted, deletes themselves, and comes in there again. */
	async function around(
		comeIn: () => Promise<{ visitor: Visitor; begun: Begun; page: Pick<Seen, 'url' | 'html' | 'text'> }>,
	) {
		const first = await comeIn();
		expect(first.page.url, first.page.text).to.include('/session/callback');
		await panel.agree((await belmont.redeem(first.begun, first.page.url)).claims()!.sub);
		const { visitor, page } = await comeIn();
		expect(page.text).to.include(REASON);
		await visitor.open(/href="([^"]+\/auth\/[^"]+)"/.exec(page.html)![1]!);
		const own = await visitor.open(panel.at('/you'));
		expect(own.text).to.include('A restriction stays until its end');
		expect((await visitor.send(own, '/you/delete', { sure: 'yes' })).text).to.include('deleted');
		expect(await rows('restricted_account')).to.deep.equal([]);
		expect((await comeIn()).page.text)
			.to.include(REASON)
			.and.include('To the porch of Belmont');
	}
	it('by SAML, with the name it gives them', async () => {
		const provider = await testProvider(`http://idp.salem.localhost:${bed.port}`);
		bed.settings.set('salem', { elsewhere: { ways: [samlWay(provider)] } });
		await around(async () => {
			const visitor = visitorOf(bed);
			const { url, away, ...page } = await trySaml(bed, {
				branch: belmont,
				visitor,
				provider,
				library: bed.salem,
			});
			return { visitor, begun: away.begun, page: { ...page, url: url ?? '' } };
		});
		const links = await rows('restricted_link');
		expect(links.map(({ kind }) => kind)).to.deep.equal(['saml']);
		expect(JSON.stringify(links)).to.not.include(PERSON.persistent);
	});

	it('by OpenID Connect, with the name it gives them', async () => {
		const schools = startSchools(bed, bed.salem);
		bed.settings.set('salem', { elsewhere: { ways: [oidcWay(schools.issuer)] } });
		await around(async () => {
			const visitor = visitorOf(bed);
			const begun = await belmont.begin();
			const page = await visitor.open(linkTo(await visitor.open(begun.url), 'schools'));
			return { visitor, begun, page };
		});
		expect((await rows('restricted_link')).map(({ kind }) => kind)).to.deep.equal(['oidc']);
	});
});
