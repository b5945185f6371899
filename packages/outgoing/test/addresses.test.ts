import { expect } from 'chai';
import { isPublicAddress, literalAddress } from '../src/addresses.ts';

const INSIDE = {
	loopback: ['127.0.0.1', '127.255.255.254', '::1'],
	'this network': ['0.0.0.0', '0.1.2.3', '::'],
	private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
	'carrier NAT': ['100.64.0.1', '100.127.255.255'],
	'link-local, where clouds keep their credentials': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
	'unique-local': ['fc00::1', 'fd00:ec2::254'],
	'site-local': ['fec0::1'],
	multicast: ['224.0.0.1', '239.1.2.3', 'ff02::1'],
	broadcast: ['255.255.255.255'],
	'documentation and benchmarks': ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1'],
	reserved: ['240.0.0.1', '192.0.0.8', '100::1', '5f00::1', '4000::1', 'fe00::1'],
	'IPv4 mapped into IPv6': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe'],
	'IPv4 compatible with IPv6': ['::127.0.0.1', '::10.0.0.1', '::8.8.8.8'],
	'IPv4 translated': ['::ffff:0:127.0.0.1'],
	NAT64: ['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::127.0.0.1'],
	'6to4 and Teredo': ['2002:7f00:1::', '2001:0:7f00:1::1'],
	'not an address': ['', 'example.org', '127.0.0.1.example', '::g'],
};

describe('addresses', () => {
	for (const [kind, addresses] of Object.entries(INSIDE)) {
		it(`${kind} is never connected to`, () => {
			for (const address of addresses) expect(isPublicAddress(address), address).to.equal(false);
		});
	}

	it('what is public unicast may be connected to, also through NAT64', () => {
		for (const address of [
			'8.8.8.8',
			'100.63.255.255',
			'172.32.0.1',
			'2606:4700::1111',
			'64:ff9b::808:808',
		]) {
			expect(isPublicAddress(address), address).to.equal(true);
		}
		expect(isPublicAddress('::ffff:8.8.8.8')).to.equal(true);
	});

	it('a literal address is known with and without brackets', () => {
		expect(literalAddress('[::1]')).to.equal('::1');
		expect(literalAddress('10.1.2.3')).to.equal('10.1.2.3');
		expect(literalAddress('ten.example')).to.equal(null);
	});
});
