import type { Contact } from '@understory/core/contact.ts';
import { contactsDocument } from '@understory/core/contact-versions.ts';
import type { ContactsEntry } from '@understory/core/statement.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { rows } from './look.ts';

const MEMBER: Contact = {
	...{ role: 'Council member', name: 'Ana Ruiz', body: 'City Council', email: 'ana.ruiz@city.example' },
	...{ division: 'ocd-division/country:us/state:or/place:portland/council_district:1' },
	...{ phone: '5035550101', address: null, branch: null, source: 'Legistar', checked_on: '2026-09-01' },
};
const OMBUDS: Contact = { ...MEMBER, role: 'Ombuds', name: 'Ira Holt', division: null, email: null };

describe('changed contacts in the log', () => {
	let bed: Bed;
	before(async () => {
		bed = await createBed(['north', 'south']);
		await bed.settle();
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	const told = (slug = 'north') =>
		rows<{ body: string }>(
			bed,
			slug,
			"SELECT body FROM entry WHERE json_extract(body, '$.kind') = 'contacts' ORDER BY seq",
		).map(({ body }) => (JSON.parse(body) as ContactsEntry).contacts);
	async function name(...contacts: Contact[]) {
		bed.name(...contacts);
		await bed.settle();
		return told().at(-1)!;
	}

	it('are not there while nobody was named', () => expect(told()).to.deep.equal([]));

	it('say which office came, by the digest of the whole list, and name nobody', async () => {
		const first = await name(MEMBER, OMBUDS);
		const list = contactsDocument(bed.branch('north').desired().branch, [OMBUDS, MEMBER]);
		expect(first).to.deep.include({ version: 1, replaces: null, sha256: digestDocument(list) });
		expect(first.changes.map(({ what, of, role }) => [what, of, role])).to.have.deep.members([
			['added', 'library', 'Council member'],
			['added', 'library', 'Ombuds'],
		]);
		const text = JSON.stringify(first);
		for (const secret of ['Ruiz', '5035550101', 'city.example']) expect(text).not.to.contain(secret);
		expect(told('south')).to.have.length(1);
	});

	it('say what was told about the same office before, and what was not changed is not told again', async () => {
		const [before] = told();
		const of = before!.changes.find(({ role }) => role === 'Council member')!;
		const next = await name({ ...MEMBER, name: 'Bo Lind' }, OMBUDS);
		expect(next).to.deep.include({ version: 2, replaces: before!.sha256 });
		expect(next.changes).to.have.length(1);
		expect(next.changes[0]).to.deep.include({ what: 'changed', role: 'Council member', replaces: of.sha256 });
	});

	it('are no new version when somebody only checked them, or they stand in another order', async () => {
		await name(
			{ ...OMBUDS, checked_on: '2026-10-30', broken_on: '2026-10-31' },
			{ ...MEMBER, name: 'Bo Lind' },
		);
		expect(told()).to.have.length(2);
	});

	it('say who is no longer there, and a contact of one branch stands in the log of that branch only', async () => {
		const desk: Contact = { ...MEMBER, role: 'Front desk', branch: bed.branch('south').desired().branch.id };
		const next = await name({ ...MEMBER, name: 'Bo Lind' }, desk);
		expect(next.changes.map(({ what, role }) => [what, role])).to.deep.equal([['ended', 'Ombuds']]);
		expect(
			told('south')
				.at(-1)!
				.changes.map(({ what, role }) => [what, role]),
		).to.have.deep.members([
			['ended', 'Ombuds'],
			['added', 'Front desk'],
		]);
	});

	it('are told from the chain itself after a start, and many at once stand in several entries of one version', async () => {
		await bed.branch('north').reopen();
		const offices = Array.from(
			{ length: 45 },
			(_, n): Contact => ({ ...MEMBER, name: null, role: `Desk ${n}` }),
		);
		await name({ ...MEMBER, name: 'Bo Lind' }, ...offices);
		const [one, two] = told().slice(-2);
		expect([one!.version, two!.version]).to.deep.equal([4, 4]);
		expect(one!.changes.length + two!.changes.length).to.equal(45);
		expect(one!.sha256).to.equal(two!.sha256);
	});

	it('an office is written without what could be somebody: no address and no handle', async () => {
		await name({ ...MEMBER, role: '@ana@far.example <b>Mayor</b>', division: 'not one' });
		const changes = told().flatMap((version) => version.changes);
		const added = changes.findLast(({ what }) => what === 'added')!;
		expect(added.role).to.equal('ana far.example b Mayor /b');
		expect(added.division).to.equal(null);
	});
});
