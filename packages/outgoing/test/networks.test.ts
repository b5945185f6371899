import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { expect } from 'chai';
import { OutgoingFailure } from '../src/failure.ts';
import { readNetwork } from '../src/networks.ts';
import { createOutgoing } from '../src/outgoing.ts';
import type { Reach } from '../src/reach.ts';
import { socketGuard } from '../src/socket-guard.ts';

const HOUSE = 'ils.house.example';
const resolveTo = (address: string) => async () => [{ address, family: address.includes(':') ? 6 : 4 }];

/** What becomes of a request and of a bare socket to `host`, which resolves to `address`: both are refused, or both are tried. Whether anything listens there does not matter. */
async function fate(host: string, address: string, how: Omit<Reach, 'town'> = {}): Promise<string> {
	const reach = { town: false, resolve: resolveTo(address), ...how };
	const client = createOutgoing(reach);
	const guard = socketGuard(reach);
	try {
		const failure = await client.request({ url: `http://${host}:9/`, timeoutMs: 60 }).then(
			() => null,
			(error: unknown) => error,
		);
		const request = isRefusal(failure) ? 'refused' : 'tried';
		const socket = await new Promise<string>((resolve) => {
			try {
				guard.refuseAddress(host);
			} catch (error) {
				return resolve(isRefusal(error) ? 'refused' : String(error));
			}
			if (/^[\d.[\]:]+$/.test(host)) return resolve('tried');
			guard.lookup(host, {}, (error) => resolve(isRefusal(error) ? 'refused' : 'tried'));
		});
		return request === socket ? request : `${request}, and a socket ${socket}`;
	} finally {
		await client.close();
	}
}

function isRefusal(error: unknown): boolean {
	return error instanceof OutgoingFailure && error.code === 'refused_address';
}

describe('a network that somebody allowed', () => {
	it('is led into, by name and by address; what stands beside it is not', async () => {
		const networks = ['10.20.0.0/16'];
		expect(await fate(HOUSE, '10.20.255.1', { networks })).to.equal('tried');
		expect(await fate(HOUSE, '10.21.0.1', { networks })).to.equal('refused');
		expect(await fate(HOUSE, '10.20.255.1')).to.equal('refused');
		expect(await fate('10.20.0.1', '10.20.0.1', { networks })).to.equal('tried');
		expect(await fate('10.21.0.1', '10.21.0.1', { networks })).to.equal('refused');
		expect(await fate(HOUSE, '93.184.215.14', { networks }), 'public').to.equal('tried');
	});

	it('may be this machine, and then only where it is named', async () => {
		const networks = ['127.0.0.0/8'];
		expect(await fate('127.0.0.1', '127.0.0.1', { networks })).to.equal('tried');
		expect(await fate('localhost', '127.0.0.1', { networks })).to.equal('tried');
		expect(await fate('localhost', '127.0.0.1', { networks: [] })).to.equal('refused');
		expect(await fate('127.0.0.1', '127.0.0.1')).to.equal('refused');
	});

	it('is no way to public addresses where nothing may leave it', async () => {
		const how = { networks: ['10.20.0.0/16'], insideOnly: true };
		expect(await fate(HOUSE, '10.20.0.1', how)).to.equal('tried');
		expect(await fate(HOUSE, '93.184.215.14', how)).to.equal('refused');
	});

	it('never leads to where clouds keep a machine’s secrets, nor by an address wrapped in another', async () => {
		const networks = ['100.64.0.0/10', 'fc00::/7', '10.0.0.0/8'];
		for (const address of [
			'169.254.169.254',
			'100.100.100.200',
			'fd00:ec2::254',
			'::ffff:10.0.0.1',
			'0.0.0.0',
		])
			expect(await fate(HOUSE, address, { networks }), address).to.equal('refused');
	});

	it('refuses a name of which only some addresses stand in it', async () => {
		const resolve = async () => [
			{ address: '10.20.0.1', family: 4 },
			{ address: '10.21.0.1', family: 4 },
		];
		const { lookup } = socketGuard({ town: false, resolve, networks: ['10.20.0.0/16'] });
		const error = await new Promise((found) => lookup(HOUSE, { all: true }, found));
		expect(isRefusal(error)).to.equal(true);
	});

	it('a socket connects to the address that was looked at, and asks for no other', async () => {
		const server = createServer((socket) => socket.end('here'));
		await once(server.listen(0, '127.0.0.1'), 'listening');
		let asked = 0;
		const resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.21.0.1', family: 4 }];
		const { lookup } = socketGuard({ town: false, resolve, networks: ['127.0.0.0/8'] });
		const socket = connect({ host: HOUSE, port: (server.address() as AddressInfo).port, lookup });
		const [bytes] = (await once(socket, 'data')) as [Buffer];
		expect([bytes.toString(), asked]).to.deep.equal(['here', 1]);
		server.close();
	});

	it('is written in one form, and holds nothing that is public or nobody’s to allow', () => {
		expect(readNetwork(' 10.20.0.0/16 ')).to.deep.equal({ cidr: '10.20.0.0/16' });
		expect(readNetwork('192.168.7.9')).to.deep.equal({ cidr: '192.168.7.9/32' });
		expect(readNetwork('FD12:0::/32')).to.deep.equal({ cidr: 'fd12::/32' });
		expect(readNetwork('::1')).to.deep.equal({ cidr: '::1/128' });
		expect(readNetwork('127.0.0.0/8')).to.deep.equal({ cidr: '127.0.0.0/8' });
		for (const text of [
			'',
			'x',
			'10.20.0.1/16',
			'10.0.0.0/33',
			'10.0.0',
			'10.0.0.0/-1',
			'ils.example',
			'10.0.0.0/8/8',
		])
			expect(readNetwork(text), text).to.deep.equal({ fault: 'not_a_network' });
		for (const text of [
			'0.0.0.0/0',
			'8.8.8.8',
			'10.0.0.0/7',
			'169.254.0.0/16',
			'fe80::/10',
			'::/0',
			'::ffff:10.0.0.0/104',
		])
			expect(readNetwork(text), text).to.deep.equal({ fault: 'not_inside' });
	});
});
