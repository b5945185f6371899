import { expect } from 'chai';
import { isPrivateAddress } from '../src/addresses.ts';
import { OutgoingFailure } from '../src/failure.ts';
import { createOutgoing } from '../src/outgoing.ts';

const HOUSE = 'ils.house.example';

/** Why a request to `host` fails that resolves to `address`: refused, or tried. Whether anything listens there does not matter. */
async function fate(host: string, address: string, privateHosts: readonly string[]): Promise<string> {
	const resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }];
	const client = createOutgoing({ town: false, resolve, privateHosts });
	try {
		const failure = await client.request({ url: `http://${host}:9/`, timeoutMs: 60 }).then(
			() => null,
			(error: unknown) => error,
		);
		return failure instanceof OutgoingFailure && failure.code === 'refused_address' ? 'refused' : 'tried';
	} finally {
		await client.close();
	}
}

describe('a host that may stand in a private network', () => {
	it('is tried there; every other host is not', async () => {
		expect(await fate(HOUSE, '10.255.255.1', [HOUSE])).to.equal('tried');
		expect(await fate(HOUSE, '10.255.255.1', [])).to.equal('refused');
		expect(await fate('other.example', '10.255.255.1', [HOUSE])).to.equal('refused');
		expect(await fate('10.255.255.1', '10.255.255.1', ['10.255.255.1'])).to.equal('tried');
		expect(await fate('10.255.255.2', '10.255.255.2', ['10.255.255.1'])).to.equal('refused');
	});

	it('never leads to this machine, nor to what a machine’s own link offers', async () => {
		for (const address of ['127.0.0.1', '169.254.169.254', '0.0.0.0', '100.100.100.200', '::1', 'fe80::1']) {
			expect(await fate(HOUSE, address, [HOUSE]), address).to.equal('refused');
		}
		for (const literal of ['127.0.0.1', '169.254.169.254', 'localhost', '[::1]']) {
			expect(await fate(literal, '10.0.0.1', [literal]), literal).to.equal('refused');
		}
	});

	it('is one of the ranges that houses are numbered with', () => {
		for (const inside of ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd12::1'])
			expect(isPrivateAddress(inside), inside).to.equal(true);
		for (const outside of [
			'172.32.0.1',
			'192.169.0.1',
			'11.0.0.1',
			'::ffff:10.0.0.1',
			'fe80::1',
			'8.8.8.8',
			'x',
		])
			expect(isPrivateAddress(outside), outside).to.equal(false);
	});
});
