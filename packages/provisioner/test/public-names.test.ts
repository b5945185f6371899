import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { createPublicDoor } from '@understory/outgoing/public-door.ts';
import { expect } from 'chai';
import { lookAt, lookAtNames } from '../src/public-names/look-at-names.ts';
import { certificateReady, domainVerified, type SeenName } from '../src/public-names/seen-name.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform, testAddresses } from './fixtures/platform.ts';
import { NOON } from './fixtures/rows.ts';

const HOUR = 3_600_000;
const TLS = new URL('../../../test/e2e/platform/tls/', import.meta.url);
const pem = (name: string) => readFileSync(new URL(name, TLS), 'utf8');

describe('what is said of the public name of a branch', () => {
	const good = { refused: null, from: NOON - 60 * 24 * HOUR, until: NOON + 30 * 24 * HOUR };
	const said = (certificate: SeenName['certificate'], now = NOON) => {
		const { status, reason } = certificateReady({ name: 'b.example', dns: 'found', certificate }, now);
		return `${status} ${reason}`;
	};

	it('is whether the DNS leads anywhere, and unknown when it cannot be asked', () => {
		const of = (dns: SeenName['dns']) => {
			const { status, reason } = domainVerified({ name: 'b.example', dns, certificate: null });
			return `${status} ${reason}`;
		};
		expect(of('found')).to.equal('True Resolves');
		expect(of('here')).to.equal('True OnlyHere');
		expect(of('not_found')).to.equal('False ResolvesNot');
		expect(of('silent')).to.equal('Unknown ResolverSilent');
	});

	it('is whether a browser takes its certificate, and no fault where none can be seen from here', () => {
		expect(said(good)).to.equal('True Valid');
		expect(said('none')).to.equal('True PlainHttp');
		expect(said({ ...good, refused: 'ERR_TLS_CERT_ALTNAME_INVALID' })).to.equal('False WrongName');
		expect(said({ ...good, refused: 'DEPTH_ZERO_SELF_SIGNED_CERT' })).to.equal('False NotTrusted');
		expect(said('shows_none')).to.equal('False ShowsNone');
		expect(said('no_answer')).to.equal('Unknown NoAnswer');
		expect(said('inside')).to.equal('Unknown Inside');
		expect(said(null)).to.equal('Unknown NoName');
	});

	it('is that it expires soon when less than a sixth of its time is left, and that it is over when it is', () => {
		expect(said(good, good.until - 15 * 24 * HOUR)).to.equal('True Valid');
		expect(said(good, good.until - 15 * 24 * HOUR + 1)).to.equal('True ExpiresSoon');
		expect(said({ ...good, refused: 'CERT_HAS_EXPIRED' }, good.until)).to.equal('False Expired');
	});
});

describe('looking at the public names of branches', () => {
	let platform: Platform;
	let edge: Server;
	let isKnown = true;
	let asked: string[] = [];
	before(async () => {
		edge = createServer({ key: pem('edge.key.pem'), cert: pem('edge.pem') });
		edge.on('tlsClientError', () => undefined);
		await new Promise<void>((done) => edge.listen(0, '127.0.0.1', done));
		const { port } = edge.address() as AddressInfo;
		platform = await startPlatform({
			addresses: {
				...testAddresses,
				branch: (_, branch) => `https://${branch}.anytown.platform.example`,
			},
			publicDoor: createPublicDoor({
				town: false,
				ca: pem('authority.pem'),
				edge: { domain: 'platform.example', host: '127.0.0.1', port },
				async resolve(name) {
					asked.push(name);
					if (!isKnown) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
					return [{ address: '10.0.0.7', family: 4 }];
				},
			}),
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['belmont', 'kenton'])
			await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: { ...BRANCH, slug } });
		await platform.settle();
	});
	after(async () => {
		await platform.close();
		await new Promise((done) => edge.close(done));
	});
	beforeEach(() => {
		asked = [];
	});

	const round = () => lookAtNames(platform.provisioner().context, new AbortController().signal);
	const conditions = async () => {
		const path = '/api/v1/libraries/multnomah/branches/belmont';
		const { body } = await platform.api<{
			conditions: { type: string; status: string; reason: string; message: string }[];
		}>('GET', path);
		const of = (type: string) => body.conditions.find((one) => one.type === type)!;
		return [of('DomainVerified'), of('CertificateReady')].map(({ status, reason }) => `${status} ${reason}`);
	};

	it('tells soon after they serve what people meet there, by a real handshake', async () => {
		await round();
		expect(await conditions()).to.deep.equal(['True Resolves', 'True Valid']);
		expect(asked.toSorted()).to.deep.equal([
			'belmont.anytown.platform.example',
			'kenton.anytown.platform.example',
		]);
	});

	it('comes once a day, and writes nothing anew that is as it was', async () => {
		const { database } = platform.provisioner().context;
		const rows = () => database('condition').orderBy(['branch', 'type']).select(database.raw('ctid::text'));
		const before = await rows();
		platform.clock.advance(23 * HOUR);
		await round();
		expect(asked).to.deep.equal([]);
		platform.clock.advance(HOUR);
		await round();
		expect(asked).to.have.length(2);
		expect(await rows()).to.deep.equal(before);
	});

	it('comes within the hour while something is amiss, and says when it is well again', async () => {
		isKnown = false;
		platform.clock.advance(24 * HOUR);
		await round();
		expect(await conditions()).to.deep.equal(['False ResolvesNot', 'Unknown NoName']);
		isKnown = true;
		platform.clock.advance(HOUR);
		await round();
		expect(await conditions()).to.deep.equal(['True Resolves', 'True Valid']);
	});

	it('asks nobody about a town, which needs neither DNS nor certificate', async () => {
		const nobody = async () => {
			throw new Error('somebody was asked');
		};
		const door = { lookUp: nobody, certificate: nobody };
		const seen = await lookAt(door, 'http://belmont.multnomah.localhost:4000', new AbortController().signal);
		expect(seen).to.deep.include({ dns: 'here', certificate: 'none' });
		const said = [domainVerified(seen), certificateReady(seen, NOON)];
		expect(said.map(({ status, reason }) => `${status} ${reason}`)).to.deep.equal([
			...['True OnlyHere', 'True PlainHttp'],
		]);
	});

	it('says nothing when the process ends meanwhile', async () => {
		platform.clock.advance(24 * HOUR);
		isKnown = false;
		await lookAtNames(platform.provisioner().context, AbortSignal.abort());
		isKnown = true;
		expect(await conditions()).to.deep.equal(['True Resolves', 'True Valid']);
		expect(asked).to.deep.equal([]);
	});
});
