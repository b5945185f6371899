import type { LookupAddress } from 'node:dns';
import { expect } from 'chai';
import { OutgoingFailure } from '../src/failure.ts';
import { guardedLookup, type Resolve } from '../src/lookup.ts';

type Outcome = Error | string | LookupAddress[];

function ask(lookup: ReturnType<typeof guardedLookup>, hostname: string, all = true): Promise<Outcome> {
	return new Promise((resolve) => {
		lookup(hostname, { all }, (error, address) => resolve(error ?? address));
	});
}

const answers =
	(...rounds: string[][]): Resolve =>
	async () =>
		(rounds.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

function codeOf(outcome: Outcome): string | null {
	return outcome instanceof OutgoingFailure ? outcome.code : null;
}

describe('the look-up that the socket uses', () => {
	it('a name that answers outside first and inside later is refused the moment it answers inside', async () => {
		const lookup = guardedLookup({
			resolve: answers(['93.184.216.34'], ['127.0.0.1']),
			town: false,
			internal: false,
		});
		expect(await ask(lookup, 'rebinding.example')).to.deep.equal([{ address: '93.184.216.34', family: 4 }]);
		expect(codeOf(await ask(lookup, 'rebinding.example'))).to.equal('refused_address');
	});

	it('one address inside among several refuses the name', async () => {
		const resolve = answers(['93.184.216.34', '10.0.0.7'], ['2606:4700::1111', '::ffff:127.0.0.1']);
		const lookup = guardedLookup({ resolve, town: false, internal: false });
		expect(codeOf(await ask(lookup, 'mixed.example'))).to.equal('refused_address');
		expect(codeOf(await ask(lookup, 'mixed.example'))).to.equal('refused_address');
	});

	it('gives the form that the socket asked for', async () => {
		const resolve = answers(['93.184.216.34', '93.184.216.35']);
		const lookup = guardedLookup({ resolve, town: false, internal: false });
		expect(await ask(lookup, 'one.example', false)).to.equal('93.184.216.34');
	});

	it('a name without an address, and a resolver that fails, are unreachable', async () => {
		const none = guardedLookup({ resolve: answers([]), town: false, internal: false });
		expect(codeOf(await ask(none, 'nobody.example'))).to.equal('unreachable');
		const resolve = () => Promise.reject(new Error('SERVFAIL'));
		const broken = guardedLookup({ resolve, town: false, internal: false });
		expect(codeOf(await ask(broken, 'nobody.example'))).to.equal('unreachable');
	});

	it('names of the town are this machine in town mode only, and only below .localhost', async () => {
		const inside = answers(['127.0.0.1'], ['127.0.0.1'], ['127.0.0.1']);
		const town = guardedLookup({ resolve: inside, town: true, internal: false });
		expect(await ask(town, 'albina.multcolib.localhost')).to.deep.equal([
			{ address: '127.0.0.1', family: 4 },
		]);
		expect(codeOf(await ask(town, 'albina.localhost.example'))).to.equal('refused_address');
		expect(codeOf(await ask(town, 'notlocalhost'))).to.equal('refused_address');
		const production = guardedLookup({ resolve: answers(['127.0.0.1']), town: false, internal: false });
		expect(codeOf(await ask(production, 'albina.multcolib.localhost'))).to.equal('refused_address');
	});
});
