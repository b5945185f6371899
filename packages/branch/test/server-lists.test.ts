import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { plainCell } from '../src/services/csv.ts';
import { type Listed, listCsv, readList } from '../src/services/restricting/read-list.ts';
import { type Bed, createBed } from './bed.ts';
import { type Answer, type Browser, call } from './browser.ts';
import { rows } from './look.ts';
import { multipart } from './multipart.ts';
import { actorOf } from './wire.ts';

const OWN = 'https://north.example';
const DAY = 24 * 60 * 60_000;
const REASON = 'Harassment from there was looked at by two hosts.';
const PUBLISHED = new URL(
	'../../../../shared/data/moderation/blocklists/_unified_tier0_blocklist.csv',
	import.meta.url,
);

const read = (text: string | Buffer) => readList(Buffer.from(text as string), OWN);
const faultOf = (text: string | Buffer) =>
	read(text).then(
		() => 'none',
		(error: { faults?: { text: string }[] }) => error.faults?.[0]?.text ?? String(error),
	);

describe('a list of servers', () => {
	it('is read as Mastodon writes it, as others publish it, as names alone and as JSON', async () => {
		const wanted = [
			{ host: 'a.example', level: 'suspend', comment: 'spam' },
			{ host: 'b.example', level: 'silence', comment: '' },
			{ host: 'c.example', level: 'media', comment: '' },
		];
		const mastodon = `#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
a.example,suspend,false,false,spam,false\nb.example,silence,true,false,,false\nc.example,noop,true,false,,false\n`;
		expect((await read(mastodon)).listed).to.deep.equal(wanted);
		const others = mastodon.replaceAll('#', '').replaceAll('true', 'True').replaceAll('false', 'FALSE');
		expect((await read(`\uFEFF${others.replaceAll('\n', '\r\n')}`)).listed).to.deep.equal(wanted);
		expect((await read('domain\na.example\n')).listed[0]).to.include({ host: 'a.example', level: 'suspend' });
		expect((await read('a.example\nb.example\n')).listed.map(({ host }) => host)).to.deep.equal([
			'a.example',
			'b.example',
		]);
		const json = [
			{ domain: 'a.example', public_comment: 'spam' },
			{ domain: 'b.example', severity: 'silence' },
			7,
			null,
		];
		expect((await read(JSON.stringify(json))).listed).to.deep.equal(wanted.slice(0, 2));
	});

	it('says how many lines name no server that can be kept away: covered names, machines, whole endings, this branch, the same again, nothing to do', async () => {
		const lines = [
			...[
				'ex*mple.org',
				'10.0.0.1',
				'[::1]',
				'com',
				'localhost',
				'north.example',
				'sub domain.example',
				'a.example,noop',
			],
			...[
				'a.example',
				'A.EXAMPLE.',
				'http://evil.example',
				'evil.example/path',
				'user@evil.example',
				'x'.repeat(300),
			],
		];
		const { listed, unread } = await read(lines.join('\n'));
		expect(listed.map(({ host }) => host)).to.deep.equal(['a.example']);
		expect(unread).to.equal(lines.length - 1);
	});

	it('cannot hide a name behind letters that look alike, turn around or take no room', async () => {
		const { listed } = await read(
			['аpple.example', 'ｆull.example', 'so\u200bft.example', 'STRASSE.example', 'exa\u202Emple.org'].join(
				'\n',
			),
		);
		expect(listed.map(({ host }) => host)).to.deep.equal([
			'xn--pple-43d.example',
			'full.example',
			'soft.example',
			'strasse.example',
		]);
		expect(listed.every(({ host }) => /^[a-z0-9.-]+$/.test(host))).to.equal(true);
	});

	it('that is none is refused with why: other encodings, pictures, archives, open quotes, endless lines, nothing, too many', async () => {
		const cases: [string | Buffer, string][] = [
			[Buffer.from('a.example\n', 'utf16le'), 'import_encoding'],
			[Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'import_encoding'],
			[Buffer.from('PK\u0003\u0004', 'latin1'), 'import_zip'],
			['domain\n"a.example\n', 'import_broken'],
			[`domain\n${'a'.repeat(5000)}`, 'import_long_line'],
			['', 'import_nothing'],
			['<!doctype html><p>Not found</p>', 'import_nothing'],
			['[{"domain": 7}]', 'import_nothing'],
			['[not json', 'import_broken'],
			['domain\n'.concat('a.example\n'.repeat(20_002)), 'import_many_lines'],
		];
		for (const [text, fault] of cases) expect(await faultOf(text), fault).to.equal(fault);
	});

	it('keeps nobody’s handle out of a comment, and no formula in a cell of what is written', async () => {
		const { listed } = await read(
			'domain,severity,public_comment\na.example,suspend,"ask @mod@there.example"\n',
		);
		expect(listed[0]!.comment).to.equal('ask …');
		const nasty: Listed[] = ['=1+1', '+cmd|calc', '-2', '\t=x', 'a "quote", and\nline'].map(
			(comment, at) => ({
				...{ host: `h${at}.example`, level: 'suspend', comment },
			}),
		);
		const text = listCsv(nasty);
		expect(text.split('\r\n')[1]).to.equal("h0.example,suspend,true,true,'=1+1,false");
		expect(text).not.to.match(/,"?[=+\-\t]/);
		expect(plainCell("'=1+1")).to.equal('=1+1');
		const again = await read(listCsv([{ host: 'a.example', level: 'silence', comment: 'x' }]));
		expect(again.listed).to.deep.equal([{ host: 'a.example', level: 'silence', comment: 'x' }]);
	});

	it('that is published is read whole', async function () {
		if (!existsSync(PUBLISHED)) this.skip();
		const { listed, unread } = await readList(readFileSync(PUBLISHED), OWN);
		const names = readFileSync(PUBLISHED, 'utf8').trim().split('\n').slice(1);
		expect(listed.length + unread).to.equal(names.length);
		expect(listed.length).to.be.greaterThan(names.length * 0.95);
	});
});

describe('following a list of servers', () => {
	let bed: Bed;
	let june: Browser;
	let ana: Browser;
	let ben: Browser;
	let south: string;
	let west: string;
	let list: string;
	let answer: () => { status: number; body?: string; headers?: Record<string, string> };

	before(async () => {
		bed = await createBed(['north', 'south', 'east', 'west']);
		bed.befriend('north', 'south');
		bed.change('north', { federation: 'open' });
		bed.change('east', { federation: 'open' });
		bed.change('west', { federation: 'open' });
		bed.grant('staff-june', 'north');
		bed.takeEntries();
		bed.outside('lists.example', () => answer());
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		await bed.branch('east').join('dora');
		await bed.branch('west').join('walt');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		south = new URL(bed.branch('south').origin).host;
		const east = new URL(bed.branch('east').origin).host;
		west = new URL(bed.branch('west').origin).host;
		const dora = { actor: await actorOf(bed, { slug: 'east', handle: 'dora' }) };
		await ana.get(`/find?address=@dora@${east}`);
		await ana.get(`/find?address=@walt@${west}`);
		await ana.get('/home');
		await ana.post('/follows', dora);
		await ana.post('/follows', { actor: await actorOf(bed, { slug: 'west', handle: 'walt' }) });
		await ben.get('/home');
		await ben.post('/follows', dora);
		await bed.settle();
		answer = () => ({
			status: 200,
			body: `domain,severity,public_comment\nfar.example,suspend,spam\n${east},suspend,\n${south},suspend,\n${west},silence,\n`,
		});
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const again = async (milliseconds = DAY) => {
		bed.clock.advance(milliseconds);
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		ana = bed.branch('north').browser({ sub: 'sub-north-ana' });
		await bed.settle();
	};
	const waiting = () =>
		rows<{ host: string }>(
			bed,
			'north',
			"SELECT host FROM server_draft WHERE state = 'waiting' AND gone IS NULL ORDER BY host",
		).map(({ host }) => host);
	const held = () =>
		rows<{ host: string; level: string }>(bed, 'north', 'SELECT host, level FROM restriction');
	const take = async (hosts: string[], more: Record<string, string> = {}): Promise<Answer> => {
		await june.get(`/staff/servers/lists/${list}`);
		const token = /name="_csrf" value="([^"]+)"/.exec((await june.get('/staff/servers/lists')).body)![1]!;
		const form = new URLSearchParams({
			_csrf: token,
			do: 'take',
			reason: REASON,
			days: '90',
			answer_days: '7',
			...more,
		});
		for (const host of hosts) form.append('hosts', host);
		const { origin } = bed.branch('north');
		const headers = {
			host: new URL(origin).host,
			origin,
			cookie: june.cookie!,
			'content-type': 'application/x-www-form-urlencoded',
		};
		return call(bed.port, 'POST', `/staff/servers/lists/${list}`, headers, form.toString());
	};

	it('makes drafts, and nothing happens to any server by it', async () => {
		await june.get('/staff/servers/lists');
		const odd = await june.post('/staff/servers/lists', { url: 'javascript:alert(1)', name: 'x' });
		expect(odd.status).to.equal(422);
		expect(
			(await june.post('/staff/servers/lists', { url: 'https://lists.example/all.csv', name: 'The list' }))
				.status,
		).to.equal(303);
		await bed.settle();
		list = String(rows<{ id: number }>(bed, 'north', 'SELECT id FROM server_list')[0]!.id);
		expect(waiting()).to.have.length(4);
		expect(held()).to.deep.equal([]);
		expect((await june.get('/staff/servers')).body).to.contain('4 drafts wait.');
		expect(
			(await june.post('/staff/servers/lists', { url: 'https://lists.example/all.csv', name: 'Twice' }))
				.status,
		).to.equal(409);
	});

	it('decides where it touches nobody, asks where it touches somebody, and leaves neighbors out; only with a reason', async () => {
		const east = new URL(bed.branch('east').origin).host;
		expect((await take(['far.example'], { reason: ' ' })).status).to.equal(422);
		expect((await take([])).body).to.contain('Tick at least one server.');
		const done = await take(['far.example', east, west, south, 'not-on-it.example']);
		expect(done.headers.location).to.equal(`/staff/servers/lists/${list}?done=1-2-1`);
		expect(held()).to.deep.equal([{ host: 'far.example', level: 'suspend' }]);
		expect((await ben.get('/notices')).body).to.contain(`about the server ${east}`);
		expect(waiting()).to.deep.equal([south]);
		expect((await june.get('/staff/servers/propose?host=far.example')).body)
			.to.contain('The list</b>: Nothing is exchanged.')
			.and.to.contain('“spam”');
	});

	it('asks whoever knows people at several of them once: one notice, one page with all of them, one file and one answer', async () => {
		const east = new URL(bed.branch('east').origin).host;
		const notices = (await ana.get('/notices')).body;
		expect(notices).to.contain('about 2 servers on a list').and.not.to.contain('about the server');
		const [, path] = /href="(\/asked\/together\/[^"]+)"/.exec(notices)!;
		const page = (await ana.get(path!)).body;
		for (const text of [REASON, east, west, 'dora', 'walt', 'exchanging nothing'])
			expect(page).to.contain(text);
		const file = (await ana.get(`${path}/people.csv`)).body;
		expect(file).to.contain(`dora@${east}`).and.to.contain(`walt@${west}`);
		expect((await ben.get(path!)).body)
			.to.contain('dora')
			.and.not.to.contain('walt');
		for (const at of [path!, `${path}/people.csv`, '/asked/together/none']) {
			const other = bed.branch('north').browser({ sub: 'sub-north-nobody' });
			expect((await other.get(at)).status, at).to.be.oneOf([303, 403, 404]);
		}
		expect((await ana.get('/asked/together/none')).status).to.equal(404);

		await ana.get(path!);
		expect((await ana.post(path!, { answer: 'what', words: '' })).status).to.equal(422);
		const sent = await ana.post(path!, { answer: 'worry', words: 'My sister reads there.' });
		expect(sent.headers.location).to.equal(`${path}?sent=yes`);
		const questions = rows<{ id: string; host: string }>(
			bed,
			'north',
			'SELECT id, host FROM proposal ORDER BY host',
		);
		for (const { id } of questions) {
			expect((await june.get(`/staff/proposals/${id}`)).body).to.contain('My sister reads there.');
		}
		const walt = questions.find(({ host }) => host === west)!.id;
		expect((await ana.get(`/asked/${walt}`)).body).to.contain(path);
		await ana.post(`/asked/${walt}`, { answer: 'fine', words: '' });
		await june.get(`/staff/proposals/${walt}`);
		await june.post(`/staff/proposals/${walt}`, { level: 'none', reason: REASON, days: '90' });
		const after = (await ana.get(path!)).body;
		expect(after).to.contain('It was decided.').and.to.contain('My sister reads there.');
		await ana.post(path!, { answer: 'fine', words: '' });
		expect(
			rows(
				bed,
				'north',
				'SELECT answer FROM asked JOIN person ON person.id = person WHERE handle = ?',
				'ana',
			),
		).to.deep.equal([{ answer: 'fine' }, { answer: 'fine' }]);
	});

	it('shows the people of the branch where it does otherwise than the list, and everybody what it does', async () => {
		const east = new URL(bed.branch('east').origin).host;
		const page = (await ana.get(`/servers/lists/${list}`)).body;
		expect(page).to.contain(east).and.to.contain(south).and.not.to.contain('far.example');
		const nobody = bed.branch('north').browser();
		expect((await nobody.get('/servers.csv')).body).to.equal(
			`#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\nfar.example,suspend,true,true,${REASON},false\r\n`,
		);
		const [block] = JSON.parse((await nobody.get('/api/v1/instance/domain_blocks')).body);
		expect(block).to.include({ domain: 'far.example', severity: 'suspend', comment: REASON });
		expect(block.digest).to.match(/^[0-9a-f]{64}$/);
	});

	it('takes nothing back by itself: what the list has no more is said, and a broken, silent, huge or empty answer changes nothing', async () => {
		const before = () => [held(), rows(bed, 'north', 'SELECT host, state, gone FROM server_draft')];
		const was = before();
		const bad: (typeof answer)[] = [
			() => ({ status: 200, body: '<html>Sorry</html>' }),
			() => ({ status: 503 }),
			() => ({ status: 404 }),
			() => ({ status: 200, body: '' }),
		];
		for (const one of bad) {
			answer = one;
			await again();
			expect(before()).to.deep.equal(was);
			expect(rows<{ fault: string }>(bed, 'north', 'SELECT fault FROM server_list')[0]!.fault).to.be.oneOf([
				'none',
				'silent',
			]);
		}
		answer = () => ({ status: 200, body: 'domain\nnew.example\n' });
		await again();
		expect(held()).to.deep.equal([{ host: 'far.example', level: 'suspend' }]);
		expect(waiting()).to.deep.equal(['new.example']);
		expect((await june.get(`/staff/servers/lists/${list}`)).body)
			.to.contain('Not on the list any more')
			.and.to.contain('far.example');
	});

	it('is never led to an address inside: the one guarded client fetches it', async () => {
		await june.get('/staff/servers/lists');
		await june.post('/staff/servers/lists', { url: 'http://169.254.169.254/latest', name: 'Inside' });
		await bed.settle();
		const [inside] = rows<{ fault: string }>(
			bed,
			'north',
			"SELECT fault FROM server_list WHERE name = 'Inside'",
		);
		expect(inside!.fault).to.equal('none');
	});

	it('a file is read in once, by hosts without an account too, and by nobody else', async () => {
		const send = (who: Browser, token: string, text: string) => {
			const { origin } = bed.branch('north');
			const { body, type } = multipart({ _csrf: token }, [
				{ name: 'our list.csv', type: 'text/csv', bytes: Buffer.from(text) },
			]);
			const headers = { host: new URL(origin).host, origin, cookie: who.cookie!, 'content-type': type };
			return call(bed.port, 'POST', '/staff/servers/lists/file', headers, body);
		};
		const token = /name="_csrf" value="([^"]+)"/.exec((await june.get('/staff/servers/lists')).body)![1]!;
		const sent = await send(june, token, 'domain\nfile.example\n');
		expect(sent.status, sent.body).to.equal(303);
		expect((await june.get(sent.headers.location!)).body).to.contain('file.example');
		expect((await send(june, token, 'nothing here')).status).to.equal(422);
		expect((await send(ana, token, 'domain\nfile.example\n')).status).to.equal(403);
	});

	it('a neighbor’s list can be followed with one press, and is dropped without undoing what was decided', async () => {
		expect((await june.get('/staff/servers/lists')).body).to.contain(
			`${bed.branch('south').origin}/servers.csv`,
		);
		await june.post(`/staff/servers/lists/${list}/drop`, {});
		expect(rows(bed, 'north', 'SELECT * FROM server_draft WHERE list = ?', Number(list))).to.deep.equal([]);
		expect(held()).to.deep.equal([{ host: 'far.example', level: 'suspend' }]);
	});
});
