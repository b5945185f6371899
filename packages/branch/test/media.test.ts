import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { type Bed, createBed } from './bed.ts';
import { type Answer, type Browser, call } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { madeWav, PLACE } from './made-media.ts';
import { type File, multipart } from './multipart.ts';
import { actorOf, createNote, PUBLIC, signed } from './wire.ts';

describe('pictures, sound and video', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	let photo: Buffer;
	before(async () => {
		photo = await sharp({ create: { width: 2400, height: 1200, channels: 3, background: '#4a6' } })
			.jpeg()
			.withExif({ IFD0: { Copyright: 'xm-camera-name' }, IFD3: { GPSLatitude: '45/1 31/1 0/1' } })
			.toBuffer();
	});
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		carla = await bed.branch('south').join('carla');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const send = async (
		who: Browser,
		fields: Record<string, string>,
		files: readonly File[],
		origin = bed.branch('north').origin,
	): Promise<Answer> => {
		const token = /name="_csrf" value="([^"]+)"/.exec((await who.get('/home')).body)?.[1] ?? '';
		const { body, type } = multipart({ _csrf: token, language: 'en', ...fields }, files);
		const { host } = new URL(bed.branch('north').origin);
		const headers = { host, origin, cookie: who.cookie ?? '', 'content-type': type, accept: 'text/html' };
		return call(bed.port, 'POST', '/posts', headers, body);
	};
	const jpeg = (): File => ({ name: 'plum.jpg', bytes: photo });
	const folder = () => join(bed.branch('north').folder, 'media');
	const stored = () => (existsSync(folder()) ? readdirSync(folder()) : []);
	const post = async (scope: string) => {
		const form = { text: 'Plums', scope, description: 'A bowl of plums' };
		const answer = await send(ana, form, [jpeg()]);
		expect(answer.status, answer.body).to.equal(303);
		const path = answer.headers.location!;
		const src = /src="(\/media\/[^"]+)"/.exec((await ana.get(path)).body)![1]!;
		return { path, src };
	};

	it('a picture is shown with its words, smaller, and with nothing in it but what one sees', async () => {
		const { path, src } = await post('branch');
		const { body } = await ben.get(path);
		expect(body).to.contain('alt="A bowl of plums"').and.to.contain('width="1600" height="800"');
		expect(body).to.contain('In words:');
		const got = await ben.get(src);
		expect(got.status).to.equal(200);
		expect(got.headers).to.include({ 'content-type': 'image/webp', 'x-content-type-options': 'nosniff' });
		expect(got.headers['content-security-policy']).to.contain('sandbox');
		expect(stored()).to.have.length(1);
		const bytes = readFileSync(join(folder(), stored()[0]!));
		const meta = await sharp(bytes).metadata();
		expect(meta.exif).to.equal(undefined);
		expect(bytes.includes('xm-camera-name')).to.equal(false);
	});

	it('is for whoever may read the post, and for nobody else by guessing its address', async () => {
		const readers = { ben, nobody: bed.branch('north').browser() };
		const seen: Record<string, Record<string, number>> = {};
		for (const scope of ['branch', 'neighborhood', 'public', 'followers', 'direct']) {
			const text = scope === 'direct' ? 'for @ana @ben' : 'x';
			const form = { text, scope, description: 'plums' };
			const path = (await send(ana, form, [jpeg()])).headers.location!;
			const src = /src="(\/media\/[^"]+)"/.exec((await ana.get(path)).body)![1]!;
			seen[scope] = { ana: (await ana.get(src)).status };
			for (const [name, who] of Object.entries(readers)) seen[scope][name] = (await who.get(src)).status;
			const url = `${bed.branch('north').origin}${src}`;
			seen[scope].neighbor = (await signed(bed, { slug: 'south', handle: null }, 'GET', url)).status;
			seen[scope].stranger = (await signed(bed, { slug: 'east', handle: null }, 'GET', url)).status;
		}
		expect(seen).to.deep.equal({
			branch: { ana: 200, ben: 200, nobody: 404, neighbor: 404, stranger: 404 },
			neighborhood: { ana: 200, ben: 200, nobody: 404, neighbor: 200, stranger: 404 },
			public: { ana: 200, ben: 200, nobody: 200, neighbor: 200, stranger: 200 },
			followers: { ana: 200, ben: 404, nobody: 404, neighbor: 404, stranger: 404 },
			direct: { ana: 200, ben: 200, nobody: 404, neighbor: 404, stranger: 404 },
		});
	});

	it('without words they are asked for once; what was typed and brought stays', async () => {
		const form = { text: 'xm-typed', scope: 'neighborhood' };
		const asked = await send(ana, form, [jpeg(), { name: 'b.png', bytes: await png() }]);
		expect(asked.status).to.equal(422);
		expect(asked.body).to.contain('xm-typed').and.to.contain('Say in a few words what is in it');
		const ids = [...asked.body.matchAll(/name="media_\d" value="(\d+)"/g)].map(([, id]) => id!);
		expect(ids).to.have.length(2);
		expect((await ben.get(`/media/${ids[0]}.webp`)).status).to.equal(404);
		expect((await ana.get(`/media/${ids[0]}.webp`)).status).to.equal(200);
		const again = {
			...form,
			asked: 'yes',
			media_1: ids[0]!,
			media_2: ids[1]!,
			[`alt_${ids[0]}`]: 'A plum',
			[`drop_${ids[1]}`]: 'yes',
		};
		const kept = await send(ana, again, []);
		expect(kept.status, kept.body).to.equal(303);
		expect(rows(bed, 'north', 'SELECT description FROM media')).to.deep.equal([{ description: 'A plum' }]);
		expect(stored()).to.have.length(1);
	});

	it('a picture says enough for a post without a text', async () => {
		const answer = await send(ana, { text: '', scope: 'branch', description: 'A plum' }, [jpeg()]);
		expect(answer.status).to.equal(303);
	});

	it('goes to a neighbor as an address, and is shown there by the neighbor itself', async () => {
		const { path } = await post('neighborhood');
		await bed.settle();
		const uri = uriOf(bed, 'north', path);
		const [copy] = rows<{ id: number }>(bed, 'south', 'SELECT id FROM post WHERE uri = ?', uri);
		const host = new URL(bed.branch('north').origin).host;
		const { body } = await carla.get(`/@ana@${host}/${copy!.id}`);
		expect(body)
			.to.contain('alt="A bowl of plums"')
			.and.not.to.contain(`src="${bed.branch('north').origin}`);
		const src = /src="(\/media\/[^"]+)"/.exec(body)![1]!;
		const asks = () => bed.sent.filter(({ url }) => url.includes('/media/')).length;
		const got = await carla.get(src);
		expect([got.status, got.headers['content-type']]).to.deep.equal([200, 'image/webp']);
		await carla.get(src);
		expect(asks(), 'fetched once').to.equal(1);
		expect((await bed.branch('south').browser().get(src)).status).to.equal(404);
		await ana.get('/home');
		await ana.post(`/posts/${path.split('/').at(-1)}/delete`, {});
		await bed.settle();
		expect((await carla.get(src)).status).to.equal(404);
		expect(stored()).to.deep.equal([]);
		expect(readdirSync(join(bed.branch('south').folder, 'media'))).to.deep.equal([]);
	});

	it('what a host hides is hidden with its pictures, but for the host', async () => {
		const { path, src } = await post('public');
		bed.grant('staff-1', 'north');
		const host = bed.branch('north').browser({ staff_id: 'staff-1' });
		bed.branch('north').store.transact((writing) => {
			const sql = "UPDATE post SET hidden = 'd1' WHERE id = ?";
			writing.run({
				toSQL: () => ({ toNative: () => ({ sql, bindings: [Number(path.split('/').at(-1))] }) }),
			});
		});
		expect((await ben.get(src)).status).to.equal(404);
		expect((await bed.branch('north').browser().get(src)).status).to.equal(404);
		expect((await host.get(src)).status).to.equal(200);
	});

	it('sound is taken by what is in it, kept without what it says of itself, and served in parts', async () => {
		const wav = madeWav();
		const form = { text: 'Listen', scope: 'branch', description: 'A thrush' };
		const answer = await send(ana, form, [{ name: 'x.txt', bytes: wav, type: 'text/plain' }]);
		expect(answer.status, answer.body).to.equal(303);
		const { body } = await ben.get(answer.headers.location!);
		const src = /<audio[^>]* src="([^"]+)"/.exec(body)![1]!;
		const part = await ben.get(src, { range: 'bytes=0-3' });
		expect([part.status, part.headers['content-type'], part.body]).to.deep.equal([206, 'audio/wav', 'RIFF']);
		expect(stored()).to.have.length(1);
		expect(readFileSync(join(folder(), stored()[0]!)).includes(PLACE)).to.equal(false);
	});

	describe('refuses, with a sentence and what was typed,', () => {
		const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
		const cases: [string, () => Promise<File> | File, string][] = [
			[
				'a drawing that could hold a script',
				() => ({ name: 'a.jpg', bytes: svg }),
				'no picture, sound or video',
			],
			[
				'a sound that cannot be walked to its end',
				() => ({ name: 'a.wav', bytes: madeWav().subarray(0, 60) }),
				'cannot be taken out',
			],
			[
				'a page that says it is a picture',
				() => ({ name: 'a.png', bytes: Buffer.from('<html><script>') }),
				'no picture',
			],
			[
				'a picture that is cut off',
				() => ({ name: 'a.jpg', bytes: photo.subarray(0, 900) }),
				'cannot be read',
			],
			[
				'a picture with more pixels than memory',
				async () => ({ name: 'b.png', bytes: await huge() }),
				'cannot be read',
			],
			['an empty file', () => ({ name: 'a.jpg', bytes: Buffer.alloc(0) }), 'no picture'],
			[
				'a picture of 13 MB',
				() => ({ name: 'a.jpg', bytes: Buffer.concat([photo, Buffer.alloc(13_000_000)]) }),
				'too large',
			],
		];
		for (const [name, file, words] of cases) {
			it(name, async () => {
				const form = { text: 'xm-kept', scope: 'branch', description: 'd' };
				const answer = await send(ana, form, [await file()]);
				expect(answer.status).to.equal(422);
				expect(answer.body).to.contain('xm-kept').and.to.contain(words);
				expect(rows(bed, 'north', 'SELECT id FROM media')).to.deep.equal([]);
				expect(stored()).to.deep.equal([]);
			});
		}

		it('a page in a picture comes out as a picture alone', async () => {
			const both = Buffer.concat([photo, Buffer.from('<script>alert(1)</script>')]);
			const form = { text: 'x', scope: 'branch', description: 'd' };
			await send(ana, form, [{ name: '../../../evil.html', bytes: both, type: 'text/html' }]);
			const [name] = stored();
			expect(name).to.match(/^[0-9a-f-]{36}\.webp$/);
			expect(readFileSync(join(folder(), name!)).includes('<script>')).to.equal(false);
		});
	});

	it('files come from people of the branch, from its own pages, with its token, and leave nothing otherwise', async () => {
		const form = { text: 'x', scope: 'branch', description: 'd' };
		expect((await send(ana, form, [jpeg()], 'https://evil.example')).status).to.equal(403);
		expect((await send(ana, { ...form, _csrf: 'wrong' }, [jpeg()])).status).to.equal(403);
		expect((await send(bed.branch('north').browser(), form, [jpeg()])).status).to.equal(403);
		expect(stored()).to.deep.equal([]);
	});

	it('nobody uses a file of another, nor one file twice', async () => {
		const asked = await send(ana, { text: 'x', scope: 'branch' }, [jpeg()]);
		const id = /name="media_1" value="(\d+)"/.exec(asked.body)![1]!;
		const form = { text: 'x', scope: 'branch', asked: 'yes', media_1: id };
		expect((await send(ben, form, [])).status).to.equal(404);
		expect((await send(ana, form, [])).status).to.equal(303);
		expect((await send(ana, form, [])).status).to.equal(404);
	});

	it('what was never sent is taken away after two days, with what a crash left', async () => {
		await send(ana, { text: 'x', scope: 'branch' }, [jpeg()]);
		const { path } = await post('branch');
		expect(stored()).to.have.length(2);
		// Files have the machine's own dates.
		bed.clock.advance(Math.max(0, Date.now() - bed.clock.now()) + 3 * 86_400_000);
		await bed.settle();
		expect(stored()).to.have.length(1);
		expect(rows(bed, 'north', 'SELECT post FROM media')).to.deep.equal([
			{ post: Number(path.split('/').at(-1)) },
		]);
	});

	describe('from elsewhere', () => {
		const receive = async (attachment: unknown) => {
			const note = await createNote(
				bed,
				{ slug: 'south', handle: 'carla' },
				{
					id: 'm1',
					to: [PUBLIC],
					content: 'Look',
				},
			);
			(note.object as Record<string, unknown>).attachment = attachment;
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			const answer = await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, note);
			expect(answer.status).to.equal(202);
			const [row] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post');
			const host = new URL(await actorOf(bed, { slug: 'south', handle: 'carla' })).host;
			return (await ana.get(`/@carla@${host}/${row!.id}`)).body;
		};

		it('a picture that is none, is inside, or is gone is not shown, and nothing breaks', async () => {
			bed.outside('files.example', () => ({
				status: 200,
				body: '<html>',
				headers: { 'content-type': 'image/png' },
			}));
			const body = await receive([
				{ type: 'Document', mediaType: 'image/png', url: 'https://files.example/a.png', name: 'a' },
				{ type: 'Document', mediaType: 'image/png', url: 'https://127.0.0.1:1/a.png', name: 'b' },
				{ type: 'Document', mediaType: 'image/png', url: 'javascript:alert(1)', name: 'c' },
				{ type: 'Image', url: { type: 'Link', href: 'file:///etc/passwd' } },
				{ type: 'Document', mediaType: 'text/html', url: 'https://files.example/x.html' },
				'nothing',
				7,
			]);
			const srcs = [...body.matchAll(/src="(\/media\/[^"]+)"/g)].map(([, src]) => src!);
			expect(srcs).to.have.length(2);
			for (const src of srcs) expect((await ana.get(src)).status).to.be.oneOf([404, 503]);
		});

		it('a video is a link to where it is, never played from there', async () => {
			const body = await receive([
				{ type: 'Video', mediaType: 'video/mp4', url: 'https://tube.example/v.mp4', name: 'A film' },
			]);
			expect(body).to.contain('Play it at tube.example').and.not.to.contain('<video');
		});
	});

	async function png(): Promise<Buffer> {
		return sharp({ create: { width: 40, height: 30, channels: 4, background: '#00f8' } })
			.png()
			.toBuffer();
	}

	async function huge(): Promise<Buffer> {
		const side = { width: 9000, height: 9000, channels: 3, background: '#000' } as const;
		return sharp({ create: side }).png({ compressionLevel: 9 }).toBuffer();
	}
});
