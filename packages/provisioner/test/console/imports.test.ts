import { createDesign } from '@understory/design/design.ts';
import { expect } from 'chai';
import { REASONS } from '../../src/imports/reasons.ts';
import { askForImport } from '../../src/services/imports.ts';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, type Platform, startPlatform } from '../fixtures/platform.ts';
import { readStream } from '../fixtures/stream-reader.ts';

const FILE = `library,branch,name,city,library_name,region
benton,corvallis,Corvallis,Corvallis,Benton County Library,OR
benton,monroe,Monroe,Monroe,Benton County Library,OR
lincoln,newport,Newport,Newport,,
`;

describe('the console page of a file of branches', () => {
	let platform: Platform;
	let visitor: ConsoleVisitor;
	before(async () => {
		platform = await startPlatform({
			streams: { every: 20, heartbeat: 60_000, longest: 60_000, most: 9, mostOfOne: 9 },
		});
		visitor = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform.close());

	async function looked(file: string, at = visitor): Promise<string> {
		await at.get('/imports');
		const sent = await at.send('/imports', file);
		expect(sent.status, sent.body).to.equal(303);
		return sent.location!;
	}

	it('is found from the first page, and is for whoever runs the platform', async () => {
		expect((await visitor.get('/')).body).to.contain('href="/imports"');
		expect((await visitor.get('/imports')).status).to.equal(200);
		await platform.api('POST', '/api/v1/libraries', {
			body: { slug: 'linn', name: 'Linn', region: 'OR', zone: 'America/Los_Angeles' },
		});
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'it', role: 'library_it', library: 'linn' },
		});
		const it = await atConsole(platform, made.body.token);
		expect((await it.get('/')).body).to.not.contain('href="/imports"');
		expect((await it.get('/imports')).status).to.equal(403);
		expect((await it.send('/imports', FILE)).status).to.equal(403);
	});

	it('shows what a file would do, row by row, and does it when it is confirmed', async () => {
		const preview = await looked(FILE);
		const { body } = await visitor.get(preview);
		expect(body).to.contain('Nothing was done yet.').and.to.contain('2 are created');
		expect(body).to.contain('http://corvallis.benton.localhost:4000');
		expect(body).to.contain('There is no library lincoln.');
		expect((await platform.api('GET', '/api/v1/libraries/benton')).status).to.equal(404);
		const refused = await visitor.get(`${preview}?outcome=refused`);
		expect(refused.body).to.not.contain('corvallis');
		await visitor.get(preview);
		const done = await visitor.post(`${preview}/confirm`, { digest: visitor.hidden('digest') });
		expect(done.status).to.equal(303);
		await platform.settle();
		const page = await visitor.get(done.location!);
		expect(page.body).to.contain('Taken in').and.to.not.contain('/confirm');
		const { body: made } = await platform.api<{ items: object[] }>(
			'GET',
			'/api/v1/libraries/benton/branches',
		);
		expect(made.items).to.have.length(2);
		expect((await visitor.get('/imports')).body).to.contain(done.location!);
	});

	it('of which every row is refused is not offered to be done, and is not done by whoever asks for it all the same', async () => {
		const preview = await looked(FILE.split('\n').toSpliced(1, 2).join('\n'));
		const { body } = await visitor.get(preview);
		expect(body).to.contain('Nothing of it can be taken in').and.to.contain('There is no library lincoln.');
		expect(body).to.not.contain('/confirm');
		const [, operation] = /([0-9a-f-]{36})$/.exec(preview)!;
		const { result } = (
			await platform.api<{ result: { digest: string } }>('GET', `/api/v1/operations/${operation}`)
		).body;
		const asked = await visitor.post(`${preview}/confirm`, { digest: result.digest });
		expect(asked.status).to.equal(409);
		expect(asked.body).to.contain('Nothing of it can be taken in');
		expect(asked.body).to.not.contain('It would not do the same now');
	});

	it('says row by row how far it is while it is taken in, also of some rows only, with a stream that ends with it', async () => {
		const { context, services } = platform.provisioner();
		const bytes = Buffer.from(FILE.replaceAll('benton', 'tillamook'));
		const page = `/imports/${await askForImport(context, { bytes, only: null, digest: null }, 'Ana')}`;
		const { body } = await visitor.get(`${page}?outcome=refused`);
		expect(body).to.contain(`data-stream="${page}/stream?outcome&#x3D;refused"`);
		const cookie = visitor.cookie();
		const all = await readStream(`${platform.url}${page}/stream`, { cookie });
		const refused = await readStream(`${platform.url}${page}/stream?outcome=refused`, { cookie });
		for (const stream of [all, refused]) expect((await stream.next())!.data).to.contain('Waits for its turn');
		services.goOnImporting();
		const last = async (stream: typeof all) => {
			let drawn = '';
			for (;;) {
				const event = (await stream.next())!;
				if (event.event === 'end') return drawn;
				drawn = event.data;
			}
		};
		expect(await last(all))
			.to.contain('Taken in')
			.and.to.contain('corvallis.tillamook');
		expect(await last(refused))
			.to.contain('There is no library lincoln')
			.and.not.contain('corvallis');
		expect((await visitor.get(page)).body).to.not.contain('/stream');
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'it of Linn', role: 'library_it', library: 'linn' },
		});
		const other = await atConsole(platform, made.body.token);
		expect((await other.get(`${page}/stream`)).status).to.equal(403);
	});

	it('of which the platform has another view by now is done no more: it is said, and can be shown anew', async () => {
		const preview = await looked(FILE.replace('Monroe,Monroe', 'Monroe Town,Monroe'));
		await visitor.get(preview);
		const digest = visitor.hidden('digest');
		await platform.api('PATCH', '/api/v1/libraries/benton/branches/monroe', { body: { name: 'Other' } });
		const late = await visitor.post(`${preview}/confirm`, { digest });
		expect(late.status).to.equal(409);
		expect(late.body).to.contain('It would not do the same now');
		const again = await visitor.post(`${preview}/again`, {});
		expect(again.status).to.equal(303);
		expect((await visitor.get(again.location!)).body).to.contain('changes: name');
	});

	it('says in the reader’s language what is wrong', async () => {
		const spanish = await atConsole(platform, ADMIN_TOKEN, 'es');
		const preview = await looked(FILE, spanish);
		expect((await spanish.get(preview)).body).to.contain('No hay ninguna biblioteca lincoln.');
		await spanish.get('/imports');
		const none = await spanish.send('/imports', '');
		expect(none.status).to.equal(422);
		expect(none.body).to.contain('Elija un archivo.').and.to.contain('href="#file"');
		const odd = await looked('a,b\n1,2\n', spanish);
		expect((await spanish.get(odd)).body).to.contain('No incorporado');
	});

	it('has words for every reason that a row can have, in every language', () => {
		const { words } = createDesign();
		for (const language of words.languages)
			for (const code of REASONS)
				expect([...words.entries(language).keys()]).to.include(`intake.why.${code}`);
	});

	it('takes no file without the token of its form, and none that is cut off', async () => {
		await visitor.get('/imports');
		expect((await visitor.send('/imports', FILE, { _csrf: 'x' })).status).to.equal(403);
		const answer = await platform.outgoing.request({
			url: `${platform.url}/imports`,
			method: 'POST',
			headers: { 'content-type': 'multipart/form-data; boundary=x', origin: 'http://localhost:4000' },
			body: '--x',
		});
		expect(answer.status).to.equal(403);
	});
});
