import { expect } from 'chai';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { readStream, type StreamReader } from '../fixtures/stream-reader.ts';

const PAGE = '/libraries/multnomah/branches/belmont';

describe('pages of the console that show what goes on', () => {
	let platform: Platform;
	let admin: ConsoleVisitor;
	let it_: ConsoleVisitor;
	const tokens = new Map<string, string>();
	before(async () => {
		platform = await startPlatform({
			streams: { every: 20, heartbeat: 60_000, longest: 60_000, most: 20, mostOfOne: 9 },
		});
		for (const slug of ['multnomah', 'siskiyou'])
			await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } });
		platform.home.mood(() => 'error');
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		for (const [name, role, library] of [
			['it', 'library_it', 'multnomah'],
			['reader', 'reader', 'multnomah'],
			['other', 'library_it', 'siskiyou'],
		] as const) {
			const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
				body: { name, role, library },
			});
			tokens.set(name, made.body.token);
		}
		admin = await atConsole(platform, ADMIN_TOKEN);
		it_ = await atConsole(platform, tokens.get('it')!);
	});
	after(() => platform.close());

	const streamOf = (path: string, by: ConsoleVisitor) =>
		readStream(`${platform.url}${path}/stream`, { cookie: by.cookie() });
	/** What is drawn until the stream ends, the last first; fails where it breaks off. */
	async function drawnBy(stream: StreamReader): Promise<string> {
		let last = '';
		for (;;) {
			const event = await stream.next();
			if (event === null) throw new Error('The stream broke off.');
			if (event.event === 'end') return last;
			last = event.data;
		}
	}
	/** Reads on until it breaks off, whatever is drawn before; fails where it comes to its end. */
	async function brokenOff(stream: StreamReader): Promise<void> {
		for (let event = await stream.next(); event !== null; event = await stream.next())
			expect(event.event).to.equal('drawn');
	}
	/** What a page has in its parts, as the script finds it there. */
	const partsIn = (html: string) =>
		[...html.matchAll(/data-part="([\w-]+)"/g)].map(([, name]) => name).toSorted();
	async function served(): Promise<void> {
		platform.home.mood(() => 'serve');
		platform.clock.advance(600_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
	}

	it('a branch that is being made, its home, the homes and the cells are followed until it is there', async () => {
		const pages = [
			[it_, PAGE, 'Ready', ['conditions', 'standing', 'underway']],
			[admin, '/homes', 'Nothing is on its way here', ['homes', 'said']],
			[admin, '/homes/home-1', 'Nothing is on its way here', ['branches', 'said', 'stands']],
			[admin, '/cells', 'Nothing is on its way here', ['cells', 'said']],
			[admin, '/cells/default', 'Nothing is on its way here', ['held', 'homes', 'said']],
		] as const;
		const streams = [];
		for (const [by, path, , parts] of pages) {
			const { body } = await by.get(path);
			expect(body, path)
				.to.contain(`data-stream="${path}/stream"`)
				.and.to.match(/src="\/live-\w+\.mjs"/);
			expect(body).to.match(/data-part="(?:said|standing)" role="status"/);
			expect(body).to.contain('Load this page again');
			const stream = await streamOf(path, by);
			const first = (await stream.next())!;
			expect(partsIn(first.data), path).to.deep.equal(parts);
			// Part for part what the page shows.
			for (const piece of first.data.split(/(?=<div[^>]+data-part)/).slice(1))
				expect(body).to.contain(piece.split('\n')[0]!.slice(0, 200));
			streams.push(stream);
		}
		await served();
		for (const [at, [by, path, says]] of pages.entries()) {
			expect(await drawnBy(streams[at]!), path).to.contain(says);
			const { body } = await by.get(path);
			expect(body, path).to.contain(says).and.to.not.contain('/live-');
			const late = await streamOf(path, by);
			expect((await late.next())!.event).to.equal('drawn');
			expect((await late.next())!.event, 'what has ended ends at once').to.equal('end');
		}
	});

	it('copies that are being made are followed on the page of backups, by what the home says of them', async () => {
		const page = '/libraries/multnomah/backups';
		expect((await it_.get(page)).body)
			.to.contain('No copy is being made')
			.and.to.not.contain('/live-');
		platform.home.mood(() => 'slow');
		await platform.api('POST', `/api/v1${PAGE}/operations`, { body: { kind: 'back_up' } });
		await platform.provisioner().services.sweep();
		const { body } = await it_.get(page);
		expect(body).to.contain(`data-stream="${page}/stream"`).and.to.contain('1 copy is being made');
		const stream = await streamOf(page, it_);
		expect((await stream.next())!.data)
			.to.contain('1 copy is being made')
			.and.to.contain('data-part="copy-belmont"');
		const branch = await streamOf(PAGE, it_);
		expect((await branch.next())!.data).to.contain('Make a backup');
		// What is no count is left out; then the home says how far it is.
		for (const [said, shown] of [
			[{ done: 7, total: 3 }, 'Step 0 of 1.'],
			[{ done: 12, total: 41 }, 'Step 12 of 41.'],
		] as const) {
			platform.home.far(said);
			await platform.provisioner().services.sweep();
			await platform.settle();
			const { body: page_ } = await it_.get(page);
			expect(page_).to.contain(shown);
		}
		const bar = /<progress max="41" value="12" aria-label="How far it is">/;
		for (let event = await stream.next(); !bar.test(event!.data); event = await stream.next())
			expect(event!.event).to.equal('drawn');
		await served();
		expect(await drawnBy(stream))
			.to.contain('No copy is being made')
			.and.to.contain('1 whole copy');
		expect(await drawnBy(branch)).to.not.contain('Make a backup');
	});

	it('show on their streams nothing that the page would not, and to nobody whom it would not', async () => {
		const reader = await atConsole(platform, tokens.get('reader')!);
		const other = await atConsole(platform, tokens.get('other')!);
		expect((await (await streamOf(PAGE, reader)).next())!.data).to.not.contain('<form');
		for (const [by, path, status] of [
			[other, PAGE, 404],
			[other, '/libraries/multnomah/backups', 404],
			[it_, '/homes', 403],
			[it_, '/cells', 403],
			[it_, '/homes/home-1', 403],
			[reader, '/cells/default', 403],
		] as const)
			expect((await streamOf(path, by)).status, path).to.equal(status);
		// What asks for no stream at that address is told of a home or a cell of that name, and there is none.
		expect((await admin.get('/cells/stream')).status).to.equal(404);
		expect((await admin.get('/homes/stream')).status).to.equal(404);
	});

	it('end when whoever watches signs out, and the cookie is good for nothing any more, wherever it was kept', async () => {
		const page = '/libraries/multnomah/backups';
		platform.home.mood(() => 'slow');
		await platform.api('POST', `/api/v1${PAGE}/operations`, { body: { kind: 'back_up' } });
		const leaving = await atConsole(platform, tokens.get('it')!);
		await leaving.get(page);
		const cookie = leaving.cookie();
		const stream = await streamOf(page, leaving);
		const stays = await streamOf(page, it_);
		expect((await stream.next())!.event).to.equal('drawn');
		await leaving.post('/signout', {});
		await brokenOff(stream);
		const again = await readStream(`${platform.url}${page}/stream`, { cookie });
		expect(again.status).to.equal(403);
		// The token itself is not ended, nor is another session of it.
		expect((await it_.get(page)).status).to.equal(200);
		expect((await stays.next())!.event).to.equal('drawn');
		// A token that is taken back ends the others as well.
		const { database } = platform.provisioner().context;
		const found = await platform.api<{ items: { id: string; name: string }[] }>('GET', '/api/v1/tokens');
		const { id } = found.body.items.find(({ name }) => name === 'it')!;
		await platform.api('DELETE', `/api/v1/tokens/${id}`);
		await brokenOff(stays);
		platform.clock.advance(11 * 3_600_000);
		await platform.provisioner().services.sweep();
		expect(await database('signed_out')).to.have.length(0);
		platform.home.mood(() => 'serve');
	});
});
