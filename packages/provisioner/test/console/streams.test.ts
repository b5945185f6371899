import { NotFound } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import { createApp, finish } from '@understory/http/app.ts';
import { type Listening, listen } from '@understory/http/server.ts';
import { expect } from 'chai';
import {
	createStreams,
	type Drawn,
	STREAM_LIMITS,
	type StreamLimits,
} from '../../src/console/live/streams.ts';
import { readStream } from '../fixtures/stream-reader.ts';

describe('a stream of what a page shows', () => {
	let listening: Listening | undefined;
	let shown: Drawn;
	let looked: () => void;
	beforeEach(() => {
		shown = { html: '<p data-part="said">one\ntwo</p>', ended: false };
		looked = () => undefined;
	});
	afterEach(() => listening?.close(0));

	/** Serves `shown` to whoever asks, within bounds; `by` names them. */
	async function serve(bounds: Partial<StreamLimits> = {}) {
		const limits = { ...STREAM_LIMITS, every: 5, ...bounds };
		const streams = createStreams(silentLog, limits);
		const app = createApp({ log: silentLog });
		app.get('/:by', (request, response) =>
			streams.serve(request, response, String(request.params.by), async () => {
				looked();
				return shown;
			}),
		);
		listening = await listen(finish(app, { log: silentLog }), { port: 0 });
		const { port } = listening;
		return (by = 'ana', last = '') => readStream(`http://127.0.0.1:${port}/${by}`, { cookie: '', last });
	}

	it('says what is shown, then each other thing that is, then that it has ended, and ends', async () => {
		const open = await serve();
		const stream = await open();
		expect(stream.status).to.equal(200);
		expect(stream.headers['content-type']).to.equal('text/event-stream; charset=utf-8');
		expect(stream.headers['cache-control']).to.equal('no-store');
		const first = await stream.next();
		expect(first).to.include({ event: 'drawn', data: '<p data-part="said">one\ntwo</p>' });
		shown = { html: '<p>three</p>', ended: false };
		const second = await stream.next();
		expect(second).to.include({ event: 'drawn', data: '<p>three</p>' });
		expect(second!.id).to.not.equal(first!.id);
		shown = { html: '<p>four</p>', ended: true };
		expect(await stream.next()).to.include({ event: 'drawn', data: '<p>four</p>' });
		expect(await stream.next()).to.include({ event: 'end' });
		expect(await stream.next()).to.equal(null);
	});

	it('sends nothing twice to whoever names what they had, and all of it to whoever names something else', async () => {
		const open = await serve();
		const stream = await open();
		const { id } = (await stream.next())!;
		stream.leave();
		const again = await open('ana', id);
		shown = { html: '<p>new</p>', ended: true };
		expect(await again.next()).to.include({ event: 'drawn', data: '<p>new</p>' });
		const late = await open('ana', 'of-another-time');
		expect(await late.next()).to.include({ event: 'drawn', data: '<p>new</p>' });
		const { id: end } = (await late.next())!;
		const told = await open('ana', end);
		expect(await told.next()).to.include({ event: 'end' });
	});

	it('says that it is there while nothing is new, and ends after its time although nothing has', async () => {
		const open = await serve({ heartbeat: 10, longest: 200 });
		const stream = await open();
		expect(await stream.next()).to.include({ event: 'drawn' });
		expect(await stream.next()).to.equal(null);
		expect(stream.remarks).to.include('nothing new');
	});

	it('lets so many watch as it may, and so many of one; who goes makes room', async () => {
		const open = await serve({ most: 3, mostOfOne: 2 });
		const [first, second] = [await open('ana'), await open('ana')];
		const refused = await open('ana');
		expect(refused.status).to.equal(503);
		expect(refused.headers['retry-after']).to.equal('60');
		const other = await open('ben');
		expect(other.status).to.equal(200);
		expect((await open('carla')).status).to.equal(503);
		await first.next();
		first.leave();
		// The server hears of it in its own time.
		for (;;) {
			const again = await open('ana');
			if (again.status === 200) break;
			expect(again.status).to.equal(503);
		}
		second.leave();
	});

	it('refuses as every page does when there is nothing to see, and breaks off when it cannot look any more', async () => {
		looked = () => {
			throw new NotFound('There is no such thing.');
		};
		const open = await serve();
		expect((await open()).status).to.equal(404);
		looked = () => undefined;
		const stream = await open();
		await stream.next();
		looked = () => {
			throw new Error('the database is gone');
		};
		expect(await stream.next()).to.equal(null);
	});
});
