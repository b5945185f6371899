import { expect } from 'chai';
import { auditOf } from '../../src/store/access.ts';
import { deedsIn, historyOf, readPlace } from '../../src/store/history.ts';
import { plansOf } from '../fixtures/plans.ts';
import { LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

interface Lines {
	items: { by: string; what: string; at: number; library: string | null }[];
}

describe('the audit by the API', () => {
	let platform: Platform;
	const tokens = new Map<string, string>();
	before(async () => {
		platform = await startPlatform();
		for (const slug of ['multnomah', 'siskiyou'])
			await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } });
		for (const [name, role, library] of [
			['ann', 'library_it', 'multnomah'],
			['bob', 'library_it', 'siskiyou'],
			['cleo', 'auditor', 'multnomah'],
			['dana', 'auditor', null],
			['eve', 'reader', null],
		] as const) {
			const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
				body: { name, role, library },
			});
			tokens.set(name, made.body.token);
		}
		for (const [who, library, phone] of [
			['ann', 'multnomah', '1'],
			['bob', 'siskiyou', '2'],
			['ann', 'multnomah', '3'],
		] as const) {
			platform.clock.advance(60_000);
			await platform.api('PATCH', `/api/v1/libraries/${library}`, {
				token: tokens.get(who)!,
				body: { phone },
			});
		}
	});
	after(() => platform.close());

	const read = (who: string, path: string) =>
		platform.api<Lines>('GET', `/api/v1${path}`, { token: tokens.get(who)! });
	const changes = ({ body }: { body: Lines }) =>
		body.items.filter(({ what }) => what === 'changeLibrary').map(({ by }) => by);

	it('is a library’s for its IT and its auditor, newest first, and nobody else’s', async () => {
		for (const who of ['ann', 'cleo', 'dana']) {
			const answer = await read(who, '/libraries/multnomah/audit');
			expect(answer.status, who).to.equal(200);
			expect(changes(answer)).to.deep.equal(['ann', 'ann']);
		}
		for (const who of ['ann', 'cleo'])
			expect((await read(who, '/libraries/siskiyou/audit')).status).to.equal(404);
		for (const path of ['/libraries/multnomah/audit', '/audit'])
			expect((await read('eve', path)).status).to.equal(403);
	});

	it('is the platform’s for its operator and its auditor', async () => {
		expect(changes(await read('dana', '/audit'))).to.deep.equal(['ann', 'bob', 'ann']);
		for (const who of ['ann', 'cleo']) expect((await read(who, '/audit')).status).to.equal(403);
	});

	it('is found by who did it and by time, and read page by page without missing a line', async () => {
		const [newest] = (await read('dana', '/audit?by=ANN&what=changeLibrary')).body.items;
		expect(changes(await read('dana', `/audit?by=ann&until=${newest!.at}`))).to.deep.equal(['ann']);
		const whole = (await read('dana', '/audit')).body.items;
		const seen: object[] = [];
		for (let path: string | undefined = '/audit?limit=2'; path; ) {
			const answer: Awaited<ReturnType<typeof read>> = await read('dana', path);
			seen.push(...answer.body.items);
			path = /<\/api\/v1([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1];
		}
		expect(seen).to.deep.equal(whole);
		for (const wrong of ['after=-1', 'from=yesterday', 'limit=0', 'after=1-', 'until=-1'])
			expect((await read('dana', `/audit?${wrong}`)).status, wrong).to.equal(422);
	});

	it('is found by an index whatever is asked', async () => {
		const { database } = platform.provisioner().context;
		const library = (await database('library').where({ slug: 'multnomah' }).first())!;
		const after = readPlace('1700000000000-7')!;
		const filters = [
			{},
			{ by: 'ann' },
			{ what: 'suspended' },
			{ from: 1, until: 2 },
			{ by: 'ann', what: 'x' },
		];
		const branch = { id: library.id, slug: 'belmont' };
		for (const reach of [{}, { library }, { library, branch }])
			for (const filter of filters)
				for (const place of [undefined, after]) {
					const plans = await plansOf(database, () =>
						historyOf(database, reach, { limit: 51, filter, after: place }),
					);
					const about = `${Object.keys(reach)} ${JSON.stringify(filter)} ${plans.at(-1)}`;
					expect(plans, about).to.have.length('by' in filter ? 2 : 1);
					expect(plans.at(-1), about).to.not.match(/Seq Scan on (?:audit|operation)/);
				}
		for (const reach of [{}, { library }, { library, branch }]) {
			const [plan] = await plansOf(database, () => deedsIn(database, reach));
			expect(plan).to.not.match(/Seq Scan on (?:audit|operation)/);
		}
		const [plan] = await plansOf(database, () => auditOf(database, 'branch x', 9));
		expect(plan).to.contain('audit_subject');
	});
});
