import { stoppedClock } from '@understory/core/clock.ts';
import { TooMany } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import type { Request, Response } from 'express';
import { createApp, finish } from '../src/app.ts';
import { limitRequests, networkOf } from '../src/limits.ts';
import { type Listening, listen } from '../src/server.ts';
import { ask } from './ask.ts';

describe('rate limits', () => {
	let server: Listening;
	let clock: ReturnType<typeof stoppedClock>;
	beforeEach(async () => {
		clock = stoppedClock(1_700_000_000_000);
		const app = createApp({ log: silentLog });
		const keyOf = (request: { query: { who?: unknown } }) => String(request.query.who ?? '');
		app.use('/keyed', limitRequests({ clock, perMinute: 6, burst: 3, keyOf }));
		app.use('/plain', limitRequests({ clock, perMinute: 60, burst: 1 }));
		app.use((_request, response) => {
			response.send('in');
		});
		finish(app, { log: silentLog });
		server = await listen(app, { port: 0 });
	});
	afterEach(() => server.close());

	const knock = async (path: string) => (await ask(server.port, path)).status;

	it('let a burst in and refuse what comes after it, saying when to come back', async () => {
		for (let turn = 0; turn < 3; turn++) expect(await knock('/keyed?who=a')).to.equal(200);
		const refused = await ask(server.port, '/keyed?who=a');
		expect(refused.status).to.equal(429);
		expect(refused.headers['retry-after']).to.equal('10');
		expect(JSON.parse(refused.text)).to.include({
			code: 'too_many',
			title: 'That was a lot in a short time. Try again in 10 seconds.',
		});
	});

	it('let one in again when its time has come, and not a moment before', async () => {
		for (let turn = 0; turn < 3; turn++) await knock('/keyed?who=a');
		clock.advance(9_999);
		expect(await knock('/keyed?who=a')).to.equal(429);
		clock.advance(1);
		expect(await knock('/keyed?who=a')).to.equal(200);
		expect(await knock('/keyed?who=a')).to.equal(429);
	});

	it('being refused does not put the time off', async () => {
		for (let turn = 0; turn < 10; turn++) await knock('/keyed?who=a');
		clock.advance(10_000);
		expect(await knock('/keyed?who=a')).to.equal(200);
	});

	it('one caller does not use up what another has', async () => {
		for (let turn = 0; turn < 4; turn++) await knock('/keyed?who=a');
		expect(await knock('/keyed?who=b')).to.equal(200);
	});

	it('a quiet caller has its burst again, and no more than that', async () => {
		for (let turn = 0; turn < 3; turn++) await knock('/keyed?who=a');
		clock.advance(3_600_000);
		for (let turn = 0; turn < 3; turn++) expect(await knock('/keyed?who=a')).to.equal(200);
		expect(await knock('/keyed?who=a')).to.equal(429);
	});

	it('callers without another name are told apart by where they come from', async () => {
		expect(await knock('/plain')).to.equal(200);
		const refused = await ask(server.port, '/plain');
		expect(JSON.parse(refused.text).title).to.match(/in 1 second\.$/);
	});

	it('many other callers do not free one who was refused, while their number is bearable', async () => {
		for (let turn = 0; turn < 4; turn++) await knock('/keyed?who=a');
		for (let turn = 0; turn < 50; turn++) await knock(`/keyed?who=other-${turn}`);
		expect(await knock('/keyed?who=a')).to.equal(429);
	});
});

describe('the memory of rate limits', () => {
	/** Asks the limit itself: ten thousand callers over sockets would only measure the sockets. */
	function limitOf(clock: ReturnType<typeof stoppedClock>): (who: string) => boolean {
		const limit = limitRequests({
			clock,
			perMinute: 6,
			burst: 1,
			keyOf: (request) => String(request.query.who),
		});
		return (who) => {
			try {
				limit({ query: { who } } as unknown as Request, {} as Response, () => undefined);
				return true;
			} catch (error) {
				expect(error).to.be.instanceOf(TooMany);
				return false;
			}
		};
	}

	it('has an end: of ten thousand callers and one, the one who was quiet longest is forgotten', () => {
		const knock = limitOf(stoppedClock(1_700_000_000_000));
		expect([knock('first'), knock('first')]).to.deep.equal([true, false]);
		for (let turn = 0; turn < 9_999; turn++) knock(`other-${turn}`);
		expect(knock('first'), 'ten thousand are remembered').to.equal(false);
		for (let turn = 0; turn < 10_000; turn++) knock(`another-${turn}`);
		expect(knock('first')).to.equal(true);
	});
});

describe('the network of a caller', () => {
	const cases: [string | undefined, string][] = [
		['93.184.216.34', '93.184.216.34'],
		['::ffff:93.184.216.34', '93.184.216.34'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
		['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
		['2001:db8::1', '2001:db8:0:0::/64'],
		['::1', '0:0:0:0::/64'],
		['fe80::1%eth0', 'fe80:0:0:0::/64'],
		['1::', '1:0:0:0::/64'],
		[undefined, ''],
	];
	for (const [address, network] of cases) {
		it(`of ${address ?? 'nowhere'} is ${network || 'none'}`, () => {
			expect(networkOf(address)).to.equal(network);
		});
	}
});
