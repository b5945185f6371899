import type { Contact } from '@understory/core/contact.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const DAY = 24 * 60 * 60_000;
const councilor = (name: string, more: Partial<Contact> = {}): Contact => ({
	...{
		role: 'Councilor',
		name,
		phone: null,
		address: null,
		branch: null,
		source: 'Popolo',
		checked_on: null,
	},
	...{ body: 'City Council', term_end: '2026-12-31', ...more },
});
/** Five members, three of whom have accounts: three are a majority. */
const COUNCIL = ['Ana', 'Ben', 'Cora', 'Dov', 'Eli'].map((name) => councilor(name));
const seat = (name: string) => `City Council | Councilor | ${name} | `;

describe('accounts of offices', () => {
	let bed: Bed;

	beforeEach(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		bed.name(...COUNCIL);
		for (const who of ['ana', 'ben', 'cora', 'rudy']) await bed.branch('north').join(who);
		await bed.settle();
	});
	afterEach(async () => {
		expect(bed.errors).to.deep.equal([]);
		await bed.close();
	});

	const as = (handle: string) => bed.branch('north').browser({ sub: `sub-north-${handle}` });
	const staff = (staff_id: string) => bed.branch('north').browser({ staff_id });
	const say = async (who: Browser, name: string, kind: string) => {
		await who.get('/you/office');
		return who.post('/you/office', { kind, seat: seat(name) });
	};
	const answer = async (staffId: string, act: 'set' | 'end') => {
		const lead = staff(staffId);
		await lead.get('/staff/offices');
		const [label] = rows<{ id: number }>(bed, 'north', 'SELECT max(id) AS id FROM office_label');
		return lead.post('/staff/offices', { id: String(label!.id), do: act });
	};
	const told = (handle: string, kind: string) =>
		rows(
			bed,
			'north',
			`SELECT n.id FROM notice n JOIN person p ON p.id = n.person WHERE p.handle = '${handle}' AND n.kind = '${kind}'`,
		).length;
	const notices = async (handle: string) => (await as(handle).get('/notices')).body;
	/** The three councilors with accounts say so. */
	const allSay = async () => {
		for (const [handle, name] of [
			['ana', 'Ana'],
			['ben', 'Ben'],
			['cora', 'Cora'],
		] as const)
			expect((await say(as(handle), name, 'personal')).status).to.equal(303);
	};
	const write = async (handle: string, form: Record<string, string>) => {
		const who = as(handle);
		await who.get('/home');
		return who.post('/posts', { scope: 'branch', language: 'en', ...form });
	};
	const idIn = (location: string | undefined) => location!.split('/').at(-1)!;
	const MAJORITY = 'A majority of City Council takes part in this conversation.';
	const WOULD = 'With this, a majority of City Council takes part';

	it('a personal account is labelled by its owner alone, at once, and so it is shown everywhere', async () => {
		expect((await say(as('ana'), 'Ana', 'personal')).status).to.equal(303);
		const words = 'Personal account of somebody who says that they hold office: Councilor, City Council';
		expect((await as('rudy').get('/@ana')).body).to.include(words);
		const posted = await write('ana', { text: 'Good morning' });
		expect((await as('rudy').get(posted.headers.location!)).body).to.include(words);
		expect((await as('rudy').get('/@ana?lang=es')).body).to.include('Cuenta personal de alguien que dice');
		const [ana] = rows<{ id: number }>(bed, 'north', "SELECT id FROM person WHERE handle = 'ana'");
		const accept = { accept: 'application/activity+json' };
		const actor = JSON.parse(
			(await bed.branch('north').browser().get(`/ap/users/${ana!.id}`, accept)).body,
		) as { attachment: { name: string; value: string } | { name: string; value: string }[] };
		expect([actor.attachment].flat()[0]).to.deep.include({ value: 'Councilor, City Council' });
		const who = as('ana');
		await who.get('/you/office');
		expect((await who.post('/you/office/end', {})).status).to.equal(303);
		expect((await as('rudy').get('/@ana')).body).not.to.include('hold office');
	});

	it('an official account is labelled when its owner asked and the branch lead says so, and by nobody else', async () => {
		expect((await say(as('ana'), 'Ana', 'official')).status).to.equal(303);
		expect((await as('rudy').get('/@ana')).body).not.to.include('Official account');
		expect((await staff('staff-june').get('/staff/offices')).status).to.equal(403);
		expect((await staff('staff-lead').get('/staff/offices')).body).to.include('Councilor, City Council');
		expect((await answer('staff-lead', 'set')).status).to.equal(303);
		expect((await as('rudy').get('/@ana')).body).to.include('Official account: Councilor, City Council');
		expect(await notices('ana')).to.include('labelled your account as the official account');
		expect((await answer('staff-lead', 'set')).status, 'it is set already').to.equal(404);
		expect((await answer('staff-lead', 'end')).status).to.equal(303);
		expect((await as('rudy').get('/@ana')).body).not.to.include('Official account');
		expect(await notices('ana')).to.include('ended the label of your account');
	});

	it('what nobody holds, or is no kind, is refused beside its field', async () => {
		for (const [name, kind, field] of [
			['Zed', 'personal', 'seat'],
			['Ana', 'royal', 'kind'],
		] as const) {
			const refused = await say(as('rudy'), name, kind);
			expect([refused.status, refused.body.includes(`id="${field}-fault"`)]).to.deep.equal([422, true]);
		}
		expect(rows(bed, 'north', 'SELECT id FROM office_label')).to.deep.equal([]);
	});

	it('a label ends with the term: a reminder, then it goes and its owner is told, each once', async () => {
		await say(as('ana'), 'Ana', 'personal');
		bed.clock.advance(60 * DAY);
		await bed.settle();
		bed.clock.advance(2 * DAY);
		await bed.settle();
		expect(await notices('ana')).to.include('Your term ends within 30 days');
		expect(told('ana', 'office_soon')).to.equal(1);
		expect((await as('rudy').get('/@ana')).body).to.include('hold office');
		bed.clock.advance(25 * DAY);
		expect((await as('rudy').get('/@ana')).body, 'before anybody noticed').not.to.include('hold office');
		await bed.settle();
		bed.clock.advance(2 * DAY);
		await bed.settle();
		expect(await notices('ana')).to.include('Your term is over');
		expect(told('ana', 'office_over')).to.equal(1);
		expect(rows(bed, 'north', 'SELECT ended_why FROM office_label')).to.deep.equal([{ ended_why: 'term' }]);
	});

	it('whoever has an official account is told what courts held before they keep somebody away, and can do it', async () => {
		expect((await as('ana').get('/@rudy')).body).not.to.include('Lindke');
		await say(as('ana'), 'Ana', 'official');
		await answer('staff-lead', 'set');
		const who = as('ana');
		const { body } = await who.get('/@rudy');
		expect(body).to.include('Lindke v. Freed');
		const actor = /name="actor" value="([^"]+)"/.exec(body)![1]!;
		expect((await who.post('/away', { actor, do: 'block' })).status).to.equal(303);
	});

	it('the third of five is told before they answer, posts all the same, and each member hears of it once', async () => {
		await allSay();
		const first = await write('ana', { text: 'The budget' });
		const thread = first.headers.location!;
		await write('ben', { text: 'I agree', reply_to: idIn(thread) });
		expect((await as('rudy').get(thread)).body).not.to.include('A majority of');
		const warned = await write('cora', { text: 'So do I', reply_to: idIn(thread) });
		expect(warned.status).to.equal(200);
		expect(warned.body).to.include(WOULD).and.include('Open meetings laws').and.include('So do I');
		expect(rows(bed, 'north', "SELECT id FROM post WHERE source = 'So do I'")).to.deep.equal([]);
		const sent = await write('cora', { text: 'So do I', reply_to: idIn(thread), quorum: 'seen' });
		expect(sent.status).to.equal(303);
		expect((await as('rudy').get(thread)).body).to.include(MAJORITY);
		const again = await write('cora', { text: 'And more', reply_to: idIn(thread) });
		expect(again.status, 'they were told').to.equal(303);
		for (const handle of ['ana', 'ben', 'cora']) expect(told(handle, 'quorum'), handle).to.equal(1);
		expect(await notices('rudy')).not.to.include('A quorum of');
	});

	it('a message to a majority counts before anybody answers, and nobody outside it learns of it', async () => {
		await allSay();
		const form = { text: '@ben @cora shall we?', scope: 'direct' };
		expect((await write('ana', form)).body).to.include(WOULD);
		const sent = await write('ana', { ...form, quorum: 'seen' });
		expect(sent.status).to.equal(303);
		expect((await as('cora').get(sent.headers.location!)).body).to.include(MAJORITY);
		expect(await notices('ben')).to.include('A quorum of your body');
		expect((await as('rudy').get(sent.headers.location!)).status).to.equal(404);
	});

	it('says nothing to whoever may not see who else is in it: not on the page, not in a warning, not in a notice', async () => {
		await allSay();
		const open = await write('ana', { text: 'Open to all' });
		const thread = open.headers.location!;
		// Ben and Cora take part, each in a message to Ana alone.
		for (const handle of ['ben', 'cora']) {
			const answer = { text: '@ana between us', scope: 'direct', reply_to: idIn(thread), quorum: 'seen' };
			expect((await write(handle, answer)).status).to.equal(303);
		}
		expect((await as('rudy').get(thread)).body).not.to.include('A majority of');
		expect((await as('ben').get(thread)).body).not.to.include('A majority of');
		expect(await notices('ben')).not.to.include('A quorum of');
		const more = { text: 'I too', scope: 'branch', reply_to: idIn(thread) };
		expect((await write('ben', more)).status, 'Ben knows of Ana alone').to.equal(303);
		expect((await as('ana').get(thread)).body, 'Ana reads them all').to.include(MAJORITY);
		expect(await notices('ana')).to.include('A quorum of your body');
	});
});
