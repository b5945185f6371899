import { PublicError } from '@understory/core/errors.ts';
import type { LogFields } from '@understory/core/log.ts';
import { expect } from 'chai';
import { logLines } from './log-lines.ts';

const CARDS = [
	'21234000012345',
	'2 1234 00001 2345',
	'2123-4000-0123-45',
	'21234.00001.2345',
	'D21234000012345',
	'٢١٢٣٤٠٠٠٠١٢٣٤٥',
	'123456',
];
const SENTINELS = [...CARDS, 'Rosa Quintana', 'rosa@example.org', '12 Elm Street'];
/** Nothing of any of them, not even with the separators taken out. */
const TRACE = /2\D{0,2}1\D{0,2}2\D{0,2}3\D{0,2}4|123456|٢١٢٣|Rosa|Quintana|rosa@|Elm Street/;

const TEXT_FIELDS = [
	'role',
	'library',
	'branch',
	'home',
	'operation',
	'job',
	'method',
	'route',
	'request_id',
	'error_code',
] as const;

/** Everything of the wrong kind that a careless caller could hand over in spite of the types. */
function careless(value: unknown): LogFields {
	const everywhere = Object.fromEntries(
		[...TEXT_FIELDS, 'status', 'count', 'duration_ms', 'card', 'pin', 'name', 'body', 'url', 'user'].map(
			(name) => [name, value],
		),
	);
	return everywhere as LogFields;
}

describe('the log', () => {
	it('writes an event with the fields of its list', () => {
		const { log, lines } = logLines('home');
		log.info('branch_opened', {
			library: 'multcolib',
			branch: '0192c7a1-6d1f-4a7e-9f43-9a0d6f2b1c11',
			job: 'deliver',
			method: 'POST',
			route: 'route:/session/{id}',
			status: 201,
			duration_ms: 12,
			count: 3,
			error_code: 'refused_address',
		});
		const [line] = lines();
		expect(line).to.include({
			event: 'branch_opened',
			role: 'home',
			library: 'multcolib',
			branch: '0192c7a1-6d1f-4a7e-9f43-9a0d6f2b1c11',
			route: 'route:/session/{id}',
			status: 201,
			count: 3,
		});
		expect(line).to.have.all.keys(
			...['level', 'time', 'event', 'role', 'library', 'branch', 'job', 'method', 'route', 'status'],
			...['duration_ms', 'count', 'error_code'],
		);
	});

	it('drops a field that is not on its list', () => {
		const { log, lines } = logLines();
		log.info('signed_in', { card: 'abc', url: '/x', host: 'h' } as LogFields);
		expect(lines()[0]).to.have.all.keys('level', 'time', 'event', 'role');
	});

	for (const sentinel of SENTINELS) {
		it(`cannot be made to write ${sentinel}, wherever it is put`, () => {
			const { log, text, lines } = logLines();
			const withAll = new PublicError(500, sentinel, `No patron ${sentinel}.`, {
				cause: new Error(sentinel),
			});
			const named = new Error(`bad card ${sentinel}`);
			named.name = sentinel;
			const coded = Object.assign(new Error(sentinel), { code: sentinel, card: sentinel, query: sentinel });
			const list = [sentinel, Number(sentinel.replaceAll(/\D/g, '')), [sentinel], { card: sentinel }];
			for (const value of list) log.warn(sentinel, careless(value));
			for (const error of [
				withAll,
				named,
				coded,
				sentinel,
				{ message: sentinel },
				new AggregateError([coded], sentinel),
			])
				log.error('failed', { error });
			log.error('failed', { error: new Error('outer', { cause: withAll }) });
			expect(lines()).to.have.length(11);
			expect(text()).not.to.match(TRACE);
		});
	}

	it('takes numbers out of our own details, even in groups', () => {
		const { log, text, lines } = logLines();
		for (const card of CARDS) {
			log.warn('refused', { detail: `sqlite busy ${card}` });
			log.error('failed', {
				error: new PublicError(503, 'busy', 'Wait.', { detail: `pin 1234 of ${card}.` }),
			});
		}
		expect(text()).not.to.match(TRACE);
		expect(text()).not.to.include('1234');
		expect(lines()[0]).to.include({ detail: 'sqlite busy …' });
		log.warn('refused', { detail: 'status 503' });
		expect(lines().at(-1)).to.include({ detail: 'status 503' });
	});

	it('says of an error its class, its code and where in the code it came from', () => {
		const { log, lines } = logLines();
		const cause = Object.assign(new TypeError('secret'), { code: '23505' });
		log.error('failed', { error: new PublicError(409, 'taken', 'This handle is taken.', { cause }) });
		const [line] = lines();
		expect(line).to.include({ error_class: 'PublicError', error_code: 'taken' });
		expect(line!.at).to.be.an('array').that.is.not.empty;
		expect((line!.at as string[]).join()).to.match(/packages\/http\/test\/log\.test\.ts:\d+/);
		expect((line!.cause as string[]).slice(0, 2)).to.deep.equal(['TypeError', '23505']);
	});

	it('a message that is written like a stack does not come out', () => {
		const { log, text } = logLines();
		const message =
			'bad\n    at Rosa (packages/Quintana/card.ts:1:1)\n    at rosa (file:///packages/Rosa.ts:2:2)';
		log.error('failed', { error: new Error(message) });
		expect(text()).not.to.match(/rosa|quintana/i);
	});

	it('an address that was asked for does not pass as a route', () => {
		const { log, text } = logLines();
		log.info('request', { route: '/search?q=rosa' });
		log.info('request', { route: `route:/cards/21234000012345` });
		expect(text()).not.to.match(/rosa|2123/);
	});

	it('what is below its level is not written', () => {
		const quiet = logLines('test', 'warn');
		quiet.log.info('request');
		quiet.log.warn('slow');
		expect(quiet.lines().map(({ event }) => event)).to.deep.equal(['slow']);
		const silent = logLines('test', 'silent');
		silent.log.error('failed');
		expect(silent.text()).to.equal('');
	});
});
