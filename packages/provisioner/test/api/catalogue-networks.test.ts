import type { SignInDocument } from '@understory/core/sign-in-document.ts';
import { expect } from 'chai';
import { signInDocument } from '../../src/services/sign-in.ts';
import { auditOf } from '../../src/store/access.ts';
import { signInMarks } from '../../src/store/sign-in.ts';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/catalogue-networks';
const PAGE = '/libraries/multnomah/networks';
const NETWORK = { cidr: '10.20.0.0/16', port: 6001 };

describe('networks in which a library’s catalogue may stand', () => {
	let platform: Platform;
	let library: string;
	const tokens: Record<string, string> = {};
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		for (const [name, body] of Object.entries({
			it: { role: 'library_it', library: 'multnomah' },
			bound: { role: 'platform_admin', library: 'multnomah' },
			reader: { role: 'reader' },
		})) {
			const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
				body: { name, ...body },
			});
			tokens[name] = made.body.token;
		}
	});
	after(() => platform?.close());
	afterEach(() => platform.provisioner().context.database('catalogue_network').delete());

	const allow = (body: object, token = ADMIN_TOKEN) =>
		platform.api<{ id: string; title: string; errors?: { field: string }[] }>('POST', PATH, { body, token });
	const told = async () => (await signInDocument(platform.provisioner().context, library)) as SignInDocument;
	const mark = async () =>
		(await signInMarks(platform.provisioner().context.database)).find((one) => one.library === library)
			?.mark ?? 0;

	it('are allowed by a token of the whole platform only; a library’s own looks, and is told whom to ask', async () => {
		for (const token of [tokens.it!, tokens.bound!, tokens.reader!]) {
			const { status, body } = await allow(NETWORK, token);
			expect(status).to.equal(403);
			expect(JSON.stringify(body)).to.match(
				/Only whoever runs the platform|may not do this|is for one library only/,
			);
		}
		expect((await told()).networks).to.deep.equal([]);
		const { status, body } = await allow(NETWORK);
		expect(status).to.equal(201);
		const listed = await platform.api<{ items: object[] }>('GET', PATH, { token: tokens.it! });
		expect(listed.body.items).to.deep.equal([body]);
		const ended = await platform.api('DELETE', `${PATH}/${body.id}`, { token: tokens.it! });
		expect(ended.status).to.equal(403);
		expect((await told()).networks).to.deep.equal([NETWORK]);
	});

	it('travel signed to the bridge, and each word that is given or taken back is something new for it', async () => {
		const marks = [await mark()];
		const first = await allow(NETWORK);
		marks.push(await mark());
		expect((await allow(NETWORK)).body.id, 'said twice').to.equal(first.body.id);
		expect(await mark()).to.equal(marks[1]);
		await platform.api('DELETE', `${PATH}/${first.body.id}`);
		marks.push(await mark());
		expect((await told()).networks).to.deep.equal([]);
		await allow(NETWORK);
		marks.push(await mark());
		expect(marks).to.deep.equal([...new Set(marks)].toSorted((a, b) => a - b));
		expect((await platform.api('DELETE', `${PATH}/${first.body.id}`)).status, 'ended already').to.equal(404);
		const acts = await auditOf(platform.provisioner().context.database, PATH.replace('/api/v1', ''), 10);
		expect(acts[0]).to.include({ actor: 'administrator', act: 'allowCatalogueNetwork' });
	});

	it('are private ones, written in one form, each with the port of the catalogue', async () => {
		for (const cidr of [
			'10.20.0.1/16',
			'ils.example.org',
			'',
			'8.8.8.0/24',
			'0.0.0.0/0',
			'169.254.169.254',
		]) {
			const { status, body } = await allow({ cidr, port: 6001 });
			expect([status, body.errors?.map(({ field }) => field)], cidr).to.deep.equal([422, ['cidr']]);
		}
		for (const port of [0, 65_536, 1.5, '6001'])
			expect((await allow({ ...NETWORK, port })).status, String(port)).to.equal(422);
		expect((await told()).networks).to.deep.equal([]);
	});

	it('have a page: library IT sees them and whom to ask, the platform allows and ends them there, in both languages', async () => {
		const admin = await atConsole(platform, ADMIN_TOKEN);
		await admin.get(PAGE);
		const wrong = await admin.post(PAGE, { cidr: '8.8.8.8', port: '70000' });
		expect(wrong.status).to.equal(422);
		expect(wrong.body).to.contain('value="8.8.8.8"').and.to.contain('value="70000"');
		expect(wrong.body)
			.to.contain('aria-invalid="true"')
			.and.to.contain('id="cidr-fault"')
			.and.contain('id="port-fault"');
		expect((await admin.post(PAGE, { cidr: '10.20.0.0/16', port: '6001' })).location).to.equal(PAGE);
		expect((await told()).networks).to.deep.equal([NETWORK]);
		const it = await atConsole(platform, tokens.it!, 'es');
		const seen = await it.get(PAGE);
		expect(seen.body)
			.to.contain('10.20.0.0/16')
			.and.to.contain('Esto solo lo cambia quien lleva la plataforma');
		expect(seen.body).to.not.contain('<form class="sheet');
		expect((await it.post(PAGE, { cidr: '10.0.0.0/8', port: '1' })).status).to.equal(403);
		const page = await admin.get(PAGE);
		const end = /action="([^"]+\/end)"/.exec(page.body)![1]!;
		expect((await it.post(end, {})).status).to.equal(403);
		expect((await admin.post(end, {})).status).to.equal(303);
		expect((await told()).networks).to.deep.equal([]);
		const acts = await auditOf(platform.provisioner().context.database, PATH.replace('/api/v1', ''), 2);
		expect(acts.map(({ act }) => act)).to.deep.equal(['endCatalogueNetwork', 'allowCatalogueNetwork']);
	});
});
