import { expect } from 'chai';
import { parseHost } from '../src/host.ts';

describe('a Host header', () => {
	it('is read into name and port, in lower case', () => {
		expect(parseHost('Albina.Multcolib.localhost:4000')).to.deep.equal({
			host: 'albina.multcolib.localhost:4000',
			hostname: 'albina.multcolib.localhost',
			port: 4000,
		});
		expect(parseHost('library.example')).to.deep.equal({
			host: 'library.example',
			hostname: 'library.example',
			port: null,
		});
		expect(parseHost('[::1]:80')?.hostname).to.equal('[::1]');
	});

	const bad = [
		undefined,
		'',
		' ',
		'a b',
		'a/b',
		'user@host',
		'host:',
		'host:0',
		'host:65536',
		'host:123456',
		'host:4000x',
		'-host',
		'host-',
		'.host',
		'host.',
		'http://host',
		'host,other',
		'host\r\nx: y',
		'hóst',
		'host%00',
		'::1',
		`${'a'.repeat(254)}`,
	];
	for (const header of bad) {
		it(`${JSON.stringify(header)?.slice(0, 30) ?? 'none at all'} is none`, () => {
			expect(parseHost(header)).to.equal(null);
		});
	}
});
