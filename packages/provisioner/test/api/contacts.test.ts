import { expect } from 'chai';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/contacts';
const DAY = 86_400_000;
const OMBUDS = {
	role: 'Ombuds',
	name: 'Wen Li',
	body: 'City of Portland',
	phone: '5035550100',
	languages: ['en', 'es'],
};
const DISTRICT = 'ocd-division/country:us/state:or/place:portland/council_district:1';

interface Shown {
	id: string;
	name: string;
	state: string;
	checked_on: string | null;
	checked_by: string | null;
}

/** Three people of a made-up council, as Popolo. */
function popolo() {
	return {
		persons: [
			{ id: 'p1', name: 'Ana Ruiz', contact_details: [{ type: 'voice', value: '503-555-0101' }] },
			{ id: 'p2', name: 'Bo Park', email: 'bo@city.example' },
			{ id: 'p3', name: 'Cy Wolf', contact_details: [{ type: 'email', value: 'cy@city.example' }] },
		],
		organizations: [{ id: 'o1', name: 'City Council' }],
		posts: [{ id: 's1', label: 'Councilor, District 1', area_id: DISTRICT }],
		memberships: [
			{ id: 'm1', person_id: 'p1', organization_id: 'o1', post_id: 's1', end_date: '2026-12-31' },
			{ id: 'm2', person_id: 'p2', organization_id: 'o1', role: 'Mayor' },
			{ id: 'm3', person_id: 'p3', organization_id: 'o1', role: 'Councilor' },
		],
	};
}

describe('whom to turn to', () => {
	let platform: Platform;
	let library: string;
	beforeEach(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	afterEach(() => platform.close());
	const listed = async () => (await platform.api<{ items: Shown[] }>('GET', PATH)).body.items;
	const preview = (file: unknown) =>
		platform.api<{
			digest: string;
			added: { name: string }[];
			changed: object[];
			ended: Shown[];
			unchanged: number;
			faults: { field: string; text: string }[];
		}>('POST', `${PATH}:preview`, { body: { file } });
	const take = async (file: unknown) => {
		const { body } = await preview(file);
		return platform.api('POST', `${PATH}:import`, { body: { file, digest: body.digest } });
	};

	it('a contact that is written down was checked that day, and stands in the register', async () => {
		const made = await platform.api<Shown>('POST', PATH, { body: OMBUDS });
		expect(made.status, JSON.stringify(made.body)).to.equal(201);
		expect(made.body).to.include({ state: 'checked', checked_on: '2026-03-02', checked_by: 'administrator' });
		const { contacts } = await platform.register(library);
		expect(contacts.at(-1)).to.deep.include({ ...OMBUDS, branch: null, sample: true });
	});

	it('a check holds 90 days, a term ends by itself, and what does not work is said until somebody checks it', async () => {
		const { body } = await platform.api<Shown>('POST', PATH, { body: { ...OMBUDS, term_end: '2026-05-20' } });
		const change = (said: object) => platform.api<Shown>('PATCH', `${PATH}/${body.id}`, { body: said });
		platform.clock.advance(80 * DAY);
		expect((await listed())[0]!.state).to.equal('term_over');
		expect((await change({ term_end: '2027-05-20' })).body.state).to.equal('checked');
		platform.clock.advance(91 * DAY);
		expect((await listed())[0]!.state).to.equal('old');
		expect((await change({ checked: true })).body.state).to.equal('checked');
		expect((await change({ broken: true })).body.state).to.equal('broken');
		expect((await change({ phone: '5035550199' })).body.state).to.equal('checked');
	});

	it('a contact that nobody could use is refused with each of its faults', async () => {
		const body = {
			role: ' ',
			email: 'nobody',
			division: 'district 1',
			term_end: '2026-02-30',
			languages: ['English'],
			branch: 'nowhere',
		};
		const refused = await platform.api<{ errors: { field: string }[] }>('POST', PATH, { body });
		expect(refused.status).to.equal(422);
		expect(refused.body.errors.map(({ field }) => field)).to.have.members([
			'role',
			'email',
			'division',
			'term_end',
			'languages',
			'branch',
		]);
		expect(await listed()).to.deep.equal([]);
	});

	it('a file of the council is shown before it is used, and then used as it was shown', async () => {
		const shown = await preview(popolo());
		expect(shown.body.added.map(({ name }) => name)).to.deep.equal(['Ana Ruiz', 'Bo Park', 'Cy Wolf']);
		expect(await listed()).to.deep.equal([]);
		expect((await take(popolo())).status).to.equal(200);
		const contacts = await listed();
		expect(contacts.find(({ name }) => name === 'Ana Ruiz')).to.deep.include({
			role: 'Councilor, District 1',
			body: 'City Council',
			division: DISTRICT,
			phone: '503-555-0101',
			term_end: '2026-12-31',
			source: 'Popolo file',
		});
		expect(contacts.find(({ name }) => name === 'Bo Park')).to.deep.include({
			role: 'Mayor',
			email: 'bo@city.example',
		});
	});

	it('the next file changes who changed, takes away who is gone, and leaves what somebody typed', async () => {
		await take(popolo());
		await platform.api('POST', PATH, { body: OMBUDS });
		const next = popolo();
		next.persons[1]!.email = 'mayor@city.example';
		next.memberships.splice(2, 1);
		const { body } = await preview(next);
		expect([
			body.added.length,
			body.changed.length,
			body.ended.map(({ name }) => name),
			body.unchanged,
		]).to.deep.equal([0, 1, ['Cy Wolf'], 1]);
		await take(next);
		expect((await listed()).map(({ name }) => name)).to.have.members(['Ana Ruiz', 'Bo Park', 'Wen Li']);
	});

	it('what was looked at is what is done: another file, or contacts that changed since, are looked at again', async () => {
		const { body } = await preview(popolo());
		const other = popolo();
		other.persons[0]!.name = 'Somebody Else';
		const swapped = await platform.api<{ code: string }>('POST', `${PATH}:import`, {
			body: { file: other, digest: body.digest },
		});
		expect([swapped.status, swapped.body.code]).to.deep.equal([409, 'plan_changed']);
		await take(popolo());
		const late = await platform.api('POST', `${PATH}:import`, {
			body: { file: popolo(), digest: body.digest },
		});
		expect(late.status).to.equal(409);
	});

	it('two who take in the same file at once do it once', async () => {
		const { body } = await preview(popolo());
		const both = await Promise.all(
			[1, 2].map(() =>
				platform.api('POST', `${PATH}:import`, { body: { file: popolo(), digest: body.digest } }),
			),
		);
		expect(both.map(({ status }) => status).toSorted()).to.deep.equal([200, 409]);
		expect(await listed()).to.have.length(3);
	});

	it('office records of Legistar are read too', async () => {
		const records = [
			{
				OfficeRecordId: 7,
				OfficeRecordFullName: 'Ana Ruiz',
				OfficeRecordTitle: 'Councilor',
				OfficeRecordBodyName: 'City Council',
				OfficeRecordEmail: 'ana@city.example',
				OfficeRecordEndDate: '2026-12-31T00:00:00',
				OfficeRecordExtraText: 'District 1',
			},
		];
		await take(records);
		expect((await listed())[0]).to.deep.include({
			role: 'Councilor, District 1',
			term_end: '2026-12-31',
			source: 'Legistar',
		});
	});

	it('what a hostile file says is left out with a sentence, and the rest is read', async () => {
		const file = popolo();
		file.persons[0]!.name = 'x'.repeat(201);
		file.persons[1]!.email = '"><script>@x';
		file.posts[0]!.area_id = 'ocd-division/../../etc';
		file.memberships[2]!.end_date = '2026-99-99';
		file.memberships.push(
			{ ...file.memberships[2]! },
			{ id: 'm9', person_id: 'nobody', organization_id: 'o1', role: 'Ghost' },
		);
		const { body, status } = await preview(file);
		expect(status).to.equal(200);
		expect(body.added.map(({ name }) => name)).to.deep.equal(['Bo Park', 'Cy Wolf']);
		expect(JSON.stringify(body.added)).to.not.contain('script');
		expect(body.faults.map(({ field }) => field)).to.include.members([
			'memberships.0.person',
			'memberships.1.contact_details',
			'memberships.2.end_date',
			'm3',
			'memberships.4.person_id',
		]);
		for (const nonsense of [null, 7, 'text', [], {}, [1], { persons: [], memberships: 'no' }])
			expect((await preview(nonsense)).status, JSON.stringify(nonsense)).to.equal(422);
	});

	it('contacts of one library are nobody else’s', async () => {
		const { body } = await platform.api<Shown>('POST', PATH, { body: OMBUDS });
		await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug: 'other' } });
		for (const id of [body.id, 'no-uuid']) {
			expect((await platform.api('DELETE', `/api/v1/libraries/other/contacts/${id}`)).status).to.equal(404);
			expect(
				(await platform.api('PATCH', `/api/v1/libraries/other/contacts/${id}`, { body: { checked: true } }))
					.status,
			).to.equal(404);
		}
		expect((await platform.api('DELETE', `${PATH}/${body.id}`)).status).to.equal(204);
		expect((await platform.api('DELETE', `${PATH}/${body.id}`)).status).to.equal(404);
	});
});
